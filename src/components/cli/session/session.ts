import type { Application, AppProject, Operation } from '#core/api';
import type { RendererStatus } from '#core/contracts';
import type { Comparison } from '#core/engine';
import type { KubeObject, PatchType, ResourceKey } from '#libs/kube';

/**
 * What commands ask for, whoever answers: the Kubernetes API now, an API server later. Failures are WindlassErrors; NOT_FOUND for
 * what does not exist.
 */
export interface Session {
  /** Namespace of the control plane. */
  readonly namespace: string;
  /** Which cluster this is and how it was found, for people. */
  readonly origin: string;
  /** Where the web UI is, when it is known. No trailing slash. */
  webUrl(): Promise<string | undefined>;
  readonly applications: ApplicationOperations;
  readonly projects: ProjectOperations;
  readonly repositories: RepositoryOperations;
  readonly clusters: ClusterOperations;
  readonly server: ServerOperations;
  close(): Promise<void>;
}

export interface ApplicationRef {
  readonly namespace: string;
  readonly name: string;
}

export interface ApplicationFilter {
  /** undefined: the control plane's namespace and all others that may hold applications. */
  readonly namespace?: string | undefined;
  readonly selector?: string | undefined;
}

/** One place where desired manifests may come from instead of the tracked revision. */
export interface DesiredQuery {
  /** For a single source, or all sources. */
  readonly revision?: string | undefined;
  /** For single sources of several: 1-based position → revision. */
  readonly revisions?: ReadonlyMap<number, string> | undefined;
  /** A directory instead of Git, with the root of the tree that it belongs to. */
  readonly local?: { readonly path: string; readonly root: string } | undefined;
}

export interface ResourceComparison {
  readonly key: ResourceKey;
  /** As it would be applied; absent = not in Git. */
  readonly desired: KubeObject | undefined;
  /** Without managed fields of others' noise removed; absent = not in the cluster. */
  readonly live: KubeObject | undefined;
  readonly comparison: Comparison;
}

export interface ResourceNode {
  readonly key: ResourceKey;
  readonly uid: string;
  readonly object: KubeObject;
  readonly children: readonly ResourceNode[];
}

export interface LogQuery {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly container?: string | undefined;
  readonly tailLines?: number | undefined;
  readonly sinceSeconds?: number | undefined;
  readonly group?: string | undefined;
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
}

export interface LogLine {
  readonly pod: string;
  readonly container: string;
  /** RFC 3339 as the kubelet wrote it. */
  readonly time: string;
  readonly text: string;
}

export interface DeleteQuery {
  readonly cascade: boolean;
  readonly propagationPolicy: 'foreground' | 'background';
}

export interface ApplicationOperations {
  list(filter: ApplicationFilter): Promise<readonly Application[]>;
  get(ref: ApplicationRef): Promise<Application>;
  /** Asks for a reconcile and waits until it happened, at most `timeoutMs`. */
  refresh(ref: ApplicationRef, kind: 'normal' | 'hard', timeoutMs: number): Promise<Application>;
  /** The application now and after every change; undefined when it is gone. Survives lost connections until the signal aborts. */
  watch(ref: ApplicationRef, signal: AbortSignal): AsyncIterable<Application | undefined>;
  create(application: Application): Promise<Application>;
  /** Changes spec, labels and annotations by what `change` answers, again when somebody else was faster. */
  update(ref: ApplicationRef, change: (application: Application) => Application): Promise<Application>;
  patch(ref: ApplicationRef, type: Extract<PatchType, 'json' | 'merge'>, patch: unknown): Promise<Application>;
  /** Starts an operation. Throws OPERATION_RUNNING when one exists. */
  operate(
    ref: ApplicationRef,
    operation: Operation,
    annotations?: Readonly<Record<string, string>>,
  ): Promise<Application>;
  terminate(ref: ApplicationRef): Promise<void>;
  delete(ref: ApplicationRef, query: DeleteQuery): Promise<void>;
  /** What Git says. Throws REPO_SERVER_MISSING when nothing can render. */
  manifests(ref: ApplicationRef, query: DesiredQuery): Promise<readonly KubeObject[]>;
  /** Renders an application that need not be stored; the number of objects. Throws REPO_SERVER_MISSING and what rendering throws. */
  render(application: Application): Promise<number>;
  /** The live objects of the application's resources; those that are gone are left out. Secrets masked. */
  liveObjects(application: Application): Promise<readonly KubeObject[]>;
  /** Every resource, Git against cluster. Secrets masked, after the comparison. */
  compare(ref: ApplicationRef, query: DesiredQuery): Promise<readonly ResourceComparison[]>;
  /** Live resources with what they own below them. */
  resourceTree(application: Application): Promise<readonly ResourceNode[]>;
  /** Live objects in the destination namespace that no application owns. */
  orphans(application: Application): Promise<readonly KubeObject[]>;
  logs(application: Application, query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;
}

export interface ProjectOperations {
  list(): Promise<readonly AppProject[]>;
  get(name: string): Promise<AppProject>;
}

/** One configured repository; credentials are not told. */
export interface Repository {
  readonly type: 'git' | 'helm' | 'oci';
  readonly name: string;
  readonly url: string;
  readonly project: string;
  readonly isInsecure: boolean;
  readonly isOci: boolean;
  readonly hasLfs: boolean;
  readonly hasCredentials: boolean;
  /** The credential template that would be used. */
  readonly inheritsCredentials: boolean;
}

export interface ConnectionState {
  readonly status: 'Successful' | 'Failed' | 'Unknown';
  readonly message: string;
  readonly version?: string;
}

export interface RepositoryOperations {
  list(): Promise<readonly Repository[]>;
  /** Whether it can be reached; Unknown where nothing is there to try it. */
  test(repository: Repository): Promise<ConnectionState>;
  /** `fields` are the Secret's keys (`compatibility.md` h.5). Throws ALREADY_EXISTS unless `isUpsert`. */
  add(fields: Readonly<Record<string, string>>, options: { readonly isUpsert: boolean }): Promise<Repository>;
  remove(url: string, project: string | undefined): Promise<void>;
}

export interface Cluster {
  readonly name: string;
  readonly server: string;
  readonly project: string;
  readonly namespaces: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface NewCluster {
  /** The Secret's keys (`compatibility.md` h.6); `config` is JSON. */
  readonly fields: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ClusterOperations {
  list(): Promise<readonly Cluster[]>;
  test(cluster: Cluster): Promise<ConnectionState>;
  add(cluster: NewCluster, options: { readonly isUpsert: boolean }): Promise<Cluster>;
  /** By server URL or name. */
  remove(serverOrName: string): Promise<Cluster>;
}

export interface ServerOperations {
  /** Of the cluster that holds the control plane. */
  kubernetesVersion(): Promise<string>;
  /** Undefined where nothing renders. */
  rendererStatus(): Promise<RendererStatus | undefined>;
}
