import type { KubeClient, KubeObject } from '#libs/kube';
import { isAlreadyExists } from '#libs/kube';
import type { Clock } from '#base/clock';
import { nodes } from '../controllers/kinds/resources.ts';
import { formatTime } from '../controllers/kinds/live-object.ts';

export const nodeName = 'windlass-node';
export const nodeIp = '10.0.0.1';

/** The one node: as large as a cluster that costs nothing may be, and plainly marked as simulated. */
export async function registerNode(client: KubeClient, clock: Clock): Promise<void> {
  try {
    await client.create(nodes, buildNode());
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  const live = await client.get(nodes, nodeName);
  const conditions =
    (live['status'] as { conditions?: { type: string; status: string }[] } | undefined)?.conditions ?? [];
  if (conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return;
  await client.patch(
    nodes,
    nodeName,
    { status: buildNodeStatus(formatTime(clock.now())) },
    { type: 'merge', subresource: 'status', fieldManager: 'kubelet' },
  );
}

function buildNode(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: nodeName,
      labels: {
        'kubernetes.io/hostname': nodeName,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'windlass.dev/simulated': 'true',
      },
    },
    spec: { podCIDR: '10.244.0.0/16', podCIDRs: ['10.244.0.0/16'] },
  };
}

function buildNodeStatus(time: string): Record<string, unknown> {
  const resources = { cpu: '64', memory: '256Gi', pods: '20000', 'ephemeral-storage': '1Ti' };
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  });
  return {
    capacity: resources,
    allocatable: resources,
    addresses: [
      { type: 'InternalIP', address: nodeIp },
      { type: 'Hostname', address: nodeName },
    ],
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      condition('Ready', 'True', 'KubeletReady', 'the simulated kubelet is posting ready status'),
    ],
    nodeInfo: {
      architecture: 'amd64',
      operatingSystem: 'linux',
      kubeletVersion: 'v1.36.1-simulated',
      containerRuntimeVersion: 'simulated://1.0.0',
      osImage: 'Windlass simulated node',
      kernelVersion: 'none',
      kubeProxyVersion: '',
      machineID: '',
      systemUUID: '',
      bootID: '',
    },
  };
}
