import type { ComponentHealth } from './web-server.ts';

export interface StatusPageInput {
  readonly version: string;
  readonly isEmbedded: boolean;
  readonly health: readonly ComponentHealth[];
}

/** The plain page that stands at the root until the web UI does: what runs and how to use it; no data of the cluster. */
export function renderStatusPage({ version, isEmbedded, health }: StatusPageInput): string {
  const rows = health
    .map(
      ({ name, problem }) =>
        `<tr><td>${escapeHtml(name)}</td><td>${problem === undefined ? '✓ running' : `✗ ${escapeHtml(problem)}`}</td></tr>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Windlass</title></head>
<body>
<h1>Windlass ${escapeHtml(version)}</h1>
<p>${isEmbedded ? 'Running on the embedded cluster: pods are simulated.' : 'Running against an existing cluster.'}</p>
<table><caption>Components</caption>
<tr><th scope="col">Component</th><th scope="col">State</th></tr>
${rows}
</table>
<h2>What to try</h2>
<pre>bin/windlass app list
bin/windlass app get message-app
bin/windlass why message-app</pre>
<p><a href="/healthz">Liveness</a> · <a href="/readyz">Readiness</a> · <a href="/metrics">Metrics</a></p>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
