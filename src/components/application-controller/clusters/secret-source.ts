import type { Clock } from '#base/clock';
import { toWindlassError } from '#base/errors';
import type { Logger } from '#base/log';
import { Informer } from '#libs/kube';
import type { KubeClient, KubeObject, ResourceType } from '#libs/kube';
import {
  parseClusterSecret,
  parseKnownHosts,
  parseRepoCredsSecret,
  parseRepositorySecret,
  parseTlsCertificates,
  secretTypeLabel,
  secretTypeOf,
} from '#services/credentials';
import type {
  ClusterConnection,
  CredentialTemplate,
  KnownCredentials,
  Parsed,
  RepositoryCredential,
  RepositoryTrust,
} from '#services/credentials';

const core = { group: '', version: 'v1', namespaced: true } as const;
const secretType: ResourceType = { ...core, resource: 'secrets', kind: 'Secret' };
const configMapType: ResourceType = { ...core, resource: 'configmaps', kind: 'ConfigMap' };

export interface SecretSourceOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly clustersChanged: () => void;
  readonly credentialsChanged: () => void;
}

/** Clusters, repositories and trust as the labelled Secrets and ConfigMaps say them now. A bad Secret harms only itself. */
export class SecretSource {
  readonly #options: SecretSourceOptions;
  readonly #secrets: Informer;
  readonly #trust: readonly Informer[];
  #isStarted = false;
  #clusters: readonly ClusterConnection[] = [];
  #credentials: KnownCredentials = { repositories: [], templates: [] };

  constructor(options: SecretSourceOptions) {
    const { client, namespace, clock, log } = options;
    this.#options = options;
    const handlers = { changed: () => this.#read(), deleted: () => this.#read() };
    const base = { client, namespace, clock, log, handlers };
    this.#secrets = new Informer({ ...base, type: secretType, labelSelector: secretTypeLabel });
    this.#trust = ['argocd-tls-certs-cm', 'argocd-ssh-known-hosts-cm'].map(
      (name) => new Informer({ ...base, type: configMapType, fieldSelector: `metadata.name=${name}` }),
    );
  }

  get clusters(): readonly ClusterConnection[] {
    return this.#clusters;
  }

  get credentials(): KnownCredentials {
    return this.#credentials;
  }

  /** Changes when a Secret or ConfigMap behind the credentials does. */
  fingerprint(): readonly string[] {
    const objects = [this.#secrets, ...this.#trust].flatMap((informer) => informer.list());
    return objects.map(({ metadata }) => `${metadata.uid}/${metadata.resourceVersion}`).sort();
  }

  async start(): Promise<void> {
    await Promise.all([this.#secrets, ...this.#trust].map((informer) => informer.start()));
    this.#isStarted = true;
    this.#read();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#secrets, ...this.#trust].map((informer) => informer.stop()));
  }

  #read(): void {
    if (!this.#isStarted) return;
    const clusters: ClusterConnection[] = [];
    const repositories: RepositoryCredential[] = [];
    const templates: CredentialTemplate[] = [];
    for (const secret of this.#secrets.list()) {
      const type = secretTypeOf(secret);
      if (type === 'cluster') push(clusters, this.#parse(secret, parseClusterSecret));
      else if (type === 'repository') push(repositories, this.#parse(secret, parseRepositorySecret));
      else if (type === 'repo-creds') push(templates, this.#parse(secret, parseRepoCredsSecret));
    }
    this.#clusters = clusters;
    const trust = this.#readTrust();
    this.#credentials = { repositories, templates, ...(trust ? { trust } : {}) };
    this.#options.clustersChanged();
    this.#options.credentialsChanged();
  }

  #readTrust(): RepositoryTrust | undefined {
    const [tls, hosts] = this.#trust.map((informer) => informer.list()[0]);
    const certificates = tls && this.#parse(tls, parseTlsCertificates);
    const knownHosts = hosts && this.#parse(hosts, parseKnownHosts);
    if (!certificates && !knownHosts) return undefined;
    return { certificates: certificates ?? new Map(), ...(knownHosts ? { knownHosts: knownHosts.text } : {}) };
  }

  #parse<T>(object: KubeObject, parse: (object: KubeObject) => Parsed<T>): T | undefined {
    try {
      const { value, problems } = parse(object);
      for (const { code, field, message } of problems) {
        this.#options.log.warn({ object: object.metadata.name, code, field }, message);
      }
      return value;
    } catch (error) {
      this.#options.log.warn({ object: object.metadata.name, err: toWindlassError(error) }, 'Cannot use a Secret');
      return undefined;
    }
  }
}

function push<T>(list: T[], item: T | undefined): void {
  if (item !== undefined) list.push(item);
}
