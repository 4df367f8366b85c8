import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Clock } from '#base/clock';
import type { Logger } from '#base/log';
import type { Registry as MetricsRegistry } from '#base/metrics';
import type { KubeClient } from '#libs/kube';
import { TokenAuthority } from './authentication/token-authority.ts';
import { bootstrapObjects } from './bootstrap/bootstrap-objects.ts';
import { inProcessClient } from './client/in-process-client.ts';
import { serveDefinitions } from './crd/serve-definitions.ts';
import { listen } from './http/http-server.ts';
import { nonResourceRoutes } from './http/non-resource-routes.ts';
import { tlsIdentity } from './http/tls-identity.ts';
import { OpenApiService } from './openapi/openapi-service.ts';
import type { ServerState } from './operations/server-state.ts';
import type { PodRuntime } from './pod-runtime.ts';
import { builtinResources } from './registry/builtin-resources.ts';
import { Registry } from './registry/registry.ts';
import { ApiDocuments } from './resources/api-documents.ts';
import { ProtobufTypes } from './resources/protobuf-types.ts';
import { apiServiceStatus } from './status/api-service-status.ts';
import { definitionStatus } from './status/definition-status.ts';
import { flowSchemaStatus } from './status/flow-schema-status.ts';
import { writeStatuses } from './status/write-statuses.ts';
import { Journal } from './storage/journal.ts';
import { Store } from './storage/store.ts';

export interface ApiserverOptions {
  /** Where the objects, the token and the certificate are kept; ":memory:" keeps nothing. */
  readonly dataDir: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly host?: '127.0.0.1';
  /** The administrator's bearer token; default: a random one that is kept in `dataDir`. */
  readonly token?: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: MetricsRegistry;
  /** Where pod logs come from; can be set later by `attachRuntime`. */
  readonly runtime?: PodRuntime;
}

export interface EmbeddedApiserver {
  readonly url: string;
  readonly port: number;
  readonly caPem: string;
  readonly token: string;
  /** YAML with inline certificate and token. */
  readonly kubeconfig: string;
  /** The same API without HTTP. */
  readonly client: KubeClient;
  /** The kubelet starts after the server that it talks to. */
  attachRuntime(runtime: PodRuntime): void;
  /** Ends watches and connections, writes what is pending. */
  close(): Promise<void>;
}

export async function startKubeApiserver(options: ApiserverOptions): Promise<EmbeddedApiserver> {
  const { clock, log, host = '127.0.0.1' } = options;
  const journal = openJournal(options.dataDir);
  const documents = new ApiDocuments();
  const registry = new Registry(builtinResources(documents));
  const store = new Store(journal);
  const tokens = new TokenAuthority(journal, clock, options.token);
  const server: ServerState = {
    store,
    registry,
    clock,
    log,
    runtime: options.runtime,
    tokens,
    protobuf: new ProtobufTypes(),
  };
  const identity = await tlsIdentity(journal, clock);
  const routes = nonResourceRoutes(server, documents, new OpenApiService(documents, registry));
  const stopStatuses = writeStatuses(server, [definitionStatus, apiServiceStatus, flowSchemaStatus]);
  const nameColumn = documents.columns['/v1/configmaps']?.[0];
  const stopServing = serveDefinitions(
    server,
    nameColumn ?? { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 },
  );
  const http = await listen({ server, routes, identity, host, port: options.port });
  const url = `https://${host}:${http.port}`;
  bootstrapObjects(server, http.port);
  await store.durable();
  const client = inProcessClient({ server, routes, url });
  return {
    url,
    port: http.port,
    caPem: identity.certificatePem,
    token: tokens.administratorToken,
    kubeconfig: kubeconfigOf({ url, caPem: identity.certificatePem, token: tokens.administratorToken }),
    client,
    attachRuntime(runtime) {
      server.runtime = runtime;
    },
    async close() {
      await client.close();
      stopServing();
      stopStatuses();
      await http.close();
      store.close();
    },
  };
}

function openJournal(dataDir: string): Journal {
  if (dataDir === ':memory:') return new Journal(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'kubernetes.sqlite');
  const journal = new Journal(path);
  // It holds Secrets and the signing keys.
  chmodSync(path, 0o600);
  return journal;
}

function kubeconfigOf({ url, caPem, token }: { url: string; caPem: string; token: string }): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'windlass',
        cluster: { server: url, 'certificate-authority-data': Buffer.from(caPem).toString('base64') },
      },
    ],
    users: [{ name: 'windlass-admin', user: { token } }],
    contexts: [{ name: 'windlass', context: { cluster: 'windlass', user: 'windlass-admin' } }],
    'current-context': 'windlass',
  });
}
