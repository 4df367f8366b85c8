import type { OptionDefinition } from './command-definition.ts';

/** How to find the cluster; every command that talks to one takes these. */
const connectionFlags: readonly OptionDefinition[] = [
  { name: 'kubeconfig', type: 'string', summary: 'Kubeconfig file', complete: 'file' },
  { name: 'context', type: 'string', summary: 'Context of the kubeconfig' },
  { name: 'kube-context', type: 'string', summary: 'Context of the kubeconfig (the same as --context)' },
  {
    name: 'namespace',
    short: 'n',
    type: 'string',
    summary: 'Namespace of the control plane (default: that of a running "windlass up", else "argocd")',
  },
  {
    name: 'data-dir',
    type: 'string',
    summary: 'Data directory of "windlass up" (default: .windlass here or above)',
    complete: 'directory',
  },
  {
    name: 'request-timeout',
    type: 'string',
    summary: 'Longest wait for one answer of the API server, e.g. 10s; 0 waits for ever',
    default: '0',
  },
  { name: 'cluster', type: 'string', summary: "Accepted for kubectl's sake; the context decides" },
  { name: 'user', type: 'string', summary: "Accepted for kubectl's sake; the context decides" },
  { name: 'token', type: 'string', summary: 'Bearer token for the API server' },
  { name: 'username', type: 'string', summary: 'User name for the API server' },
  { name: 'password', type: 'string', summary: 'Password for the API server' },
  { name: 'proxy-url', type: 'string', summary: 'Proxy on the way to the API server' },
  { name: 'insecure-skip-tls-verify', type: 'boolean', summary: 'Do not check the certificate of the API server' },
];

/** Argo CD's flags for its API server. Core mode has none: they are accepted, or refused where that would mislead. */
const serverFlags: readonly OptionDefinition[] = [
  { name: 'core', type: 'boolean', summary: 'Talk to the Kubernetes API directly (always so in this version)' },
  { name: 'server', type: 'string', summary: 'Address of an API server' },
  { name: 'auth-token', type: 'string', summary: 'Token for the API server' },
  { name: 'argocd-context', type: 'string', summary: 'Context of the argocd configuration' },
  { name: 'config', type: 'string', summary: 'File of the argocd configuration', default: '~/.config/argocd/config' },
  { name: 'client-crt', type: 'string', summary: 'Client certificate file' },
  { name: 'client-crt-key', type: 'string', summary: 'Client certificate key file' },
  { name: 'server-crt', type: 'string', summary: 'Server certificate file' },
  { name: 'header', short: 'H', type: 'strings', summary: 'Header to add to requests' },
  { name: 'http-retry-max', type: 'integer', summary: 'How often a request is tried again' },
  { name: 'grpc-web', type: 'boolean', summary: 'Use gRPC-web' },
  { name: 'grpc-web-root-path', type: 'string', summary: 'Root path of gRPC-web' },
  { name: 'insecure', type: 'boolean', summary: 'Do not check the certificate of the server' },
  { name: 'plaintext', type: 'boolean', summary: 'Do not use TLS' },
  { name: 'port-forward', type: 'boolean', summary: 'Reach the server through the Kubernetes API' },
  { name: 'port-forward-namespace', type: 'string', summary: 'Namespace for --port-forward' },
  { name: 'prompts-enabled', type: 'boolean', summary: 'Ask before doing what cannot be undone' },
  { name: 'logformat', type: 'string', summary: 'Format of messages: json or text', default: 'json' },
  { name: 'loglevel', type: 'string', summary: 'Level of messages', default: 'info' },
  { name: 'server-name', type: 'string', summary: 'Name of the API server', default: 'argocd-server' },
  {
    name: 'controller-name',
    type: 'string',
    summary: 'Name of the application controller',
    default: 'argocd-application-controller',
  },
  { name: 'repo-server-name', type: 'string', summary: 'Name of the repo-server', default: 'argocd-repo-server' },
  { name: 'redis-name', type: 'string', summary: 'Name of Redis', default: 'argocd-redis' },
  {
    name: 'redis-haproxy-name',
    type: 'string',
    summary: 'Name of the proxy of Redis',
    default: 'argocd-redis-ha-haproxy',
  },
  { name: 'redis-compress', type: 'string', summary: 'Compression of what Redis holds', default: 'gzip' },
];

export const globalFlags: readonly OptionDefinition[] = [...connectionFlags, ...serverFlags];
