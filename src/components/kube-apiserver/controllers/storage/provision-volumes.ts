import type { KubeObject } from '#libs/kube';
import { isAlreadyExists } from '#libs/kube';
import { deepEqual } from '#base/json';
import type { ControllerContext } from '../framework/context.ts';
import type { Step } from '../framework/step.ts';
import { watchObjects } from '../framework/watch-owner.ts';
import type { LiveObject } from '../kinds/live-object.ts';
import { isTerminating, keyOf } from '../kinds/live-object.ts';
import { persistentVolumeClaims, persistentVolumes, storageClasses } from '../kinds/resources.ts';
import type { PersistentVolumeClaim } from '../kinds/workloads.ts';

const defaultClassAnnotation = 'storageclass.kubernetes.io/is-default-class';
const provisioner = 'windlass.dev/simulated';

interface Volume extends LiveObject {
  spec: {
    claimRef?: { uid?: string; namespace?: string; name?: string };
    capacity?: Record<string, string>;
    persistentVolumeReclaimPolicy?: string;
    [field: string]: unknown;
  };
  status?: { phase?: string };
}

interface StorageClass extends LiveObject {
  provisioner?: string;
  reclaimPolicy?: string;
}

/** Binds claims of simulated storage classes to volumes that hold nothing, and brings a default class along. */
export function startVolumeProvisioner(context: ControllerContext): void {
  const { cluster, clock } = context;
  const claims = cluster.cache(persistentVolumeClaims);
  const volumes = cluster.cache(persistentVolumes);
  const classes = cluster.cache(storageClasses);
  const events = context.eventsOf('persistentvolume-controller');
  const claimLoop = context.startLoop({
    name: 'persistentvolume-binder',
    async reconcile(key, signal) {
      const claim = claims.byKey(key);
      return claim && !isTerminating(claim) ? bindClaim({ cluster, events, clock, signal }, claim) : undefined;
    },
  });
  const volumeLoop = context.startLoop({
    name: 'persistentvolume-reclaimer',
    async reconcile(key, signal) {
      const volume = volumes.byKey(key) as Volume | undefined;
      return volume ? reclaimVolume({ cluster, events, clock, signal }, volume) : undefined;
    },
  });
  const classLoop = context.startLoop({
    name: 'default-storage-class',
    async reconcile(_key, signal) {
      if (classes.list().some(isDefault)) return undefined;
      try {
        await cluster.create(storageClasses, buildDefaultClass(), { signal });
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
      }
      return undefined;
    },
  });
  watchObjects(claims, claimLoop);
  watchObjects(volumes, volumeLoop);
  volumes.addIndex('claim', (volume) => [(volume as Volume).spec.claimRef?.uid ?? '']);
  claims.onChange(({ before, after }) => {
    if (before && !after)
      for (const volume of volumes.byIndex('claim', before.metadata.uid)) volumeLoop.add(keyOf(volume));
  });
  classes.onChange(() => {
    for (const claim of claims.list()) if (claim.status?.phase !== 'Bound') claimLoop.add(keyOf(claim));
  });
  classLoop.add('default');
}

function isDefault(object: LiveObject): boolean {
  return object.metadata.annotations?.[defaultClassAnnotation] === 'true';
}

function buildDefaultClass(): KubeObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { [defaultClassAnnotation]: 'true' } },
    provisioner,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
  };
}

async function bindClaim(step: Step, claim: PersistentVolumeClaim): Promise<undefined> {
  if (claim.status?.phase === 'Bound') return undefined;
  const classes = step.cluster.cache(storageClasses).list() as StorageClass[];
  const name = claim.spec.storageClassName;
  const storageClass = classes.find((candidate) =>
    name === undefined ? isDefault(candidate) : candidate.metadata.name === name,
  );
  if (storageClass?.provisioner !== provisioner) {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    if (!name && !storageClass) step.events.record(claim, { type: 'Normal', reason: 'FailedBinding', message });
    if (claim.status?.phase !== 'Pending')
      await step.cluster.updateStatus(
        persistentVolumeClaims,
        { ...claim, status: { ...claim.status, phase: 'Pending' } },
        { signal: step.signal },
      );
    return undefined;
  }
  const volume = await ensureVolume(step, claim, storageClass);
  const annotations = {
    ...claim.metadata.annotations,
    'pv.kubernetes.io/bind-completed': 'yes',
    'pv.kubernetes.io/bound-by-controller': 'yes',
  };
  const wanted = {
    ...claim,
    metadata: { ...claim.metadata, annotations },
    spec: { ...claim.spec, volumeName: volume.metadata.name },
  };
  const bound = deepEqual(wanted, claim)
    ? claim
    : await step.cluster.update(persistentVolumeClaims, wanted, { signal: step.signal });
  const status = {
    phase: 'Bound',
    accessModes: claim.spec.accessModes ?? [],
    capacity: { storage: claim.spec.resources?.requests?.['storage'] ?? '0' },
  };
  await step.cluster.updateStatus(persistentVolumeClaims, { ...bound, status }, { signal: step.signal });
  step.events.record(claim, {
    type: 'Normal',
    reason: 'ProvisioningSucceeded',
    message: `Successfully provisioned volume ${volume.metadata.name}`,
  });
  return undefined;
}

async function ensureVolume(step: Step, claim: PersistentVolumeClaim, storageClass: StorageClass): Promise<LiveObject> {
  const name = `pvc-${claim.metadata.uid}`;
  const known = step.cluster.cache(persistentVolumes).get('', name);
  if (known) return known;
  const { namespace = '', uid, resourceVersion } = claim.metadata;
  const draft: KubeObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
    spec: {
      accessModes: claim.spec.accessModes ?? [],
      capacity: { storage: claim.spec.resources?.requests?.['storage'] ?? '0' },
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace,
        name: claim.metadata.name,
        uid,
        resourceVersion,
      },
      hostPath: { path: `/simulated/${name}` },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
    },
  };
  return step.cluster.create(persistentVolumes, draft, { signal: step.signal });
}

/** A volume is Bound while its claim lives; then it goes or is kept as Released. */
async function reclaimVolume(step: Step, volume: Volume): Promise<undefined> {
  if (volume.metadata.annotations?.['pv.kubernetes.io/provisioned-by'] !== provisioner || isTerminating(volume))
    return undefined;
  const hasClaim = step.cluster.cache(persistentVolumeClaims).byUid(volume.spec.claimRef?.uid ?? '') !== undefined;
  if (!hasClaim && volume.spec.persistentVolumeReclaimPolicy === 'Delete') {
    await step.cluster.delete(persistentVolumes, volume, { signal: step.signal });
    return undefined;
  }
  const phase = hasClaim ? 'Bound' : 'Released';
  if (volume.status?.phase !== phase)
    await step.cluster.updateStatus(
      persistentVolumes,
      { ...volume, status: { ...volume.status, phase } },
      { signal: step.signal },
    );
  return undefined;
}
