/** Keys of `argocd-cm` that other components read (`compatibility.md` h.1). */
const foreignCm: readonly RegExp[] = [
  /^(url|additionalUrls|passwordPattern|installationID)$/,
  /^(admin|accounts|users|dex|oidc|ui|help|ga|statusbadge|exec|server|extension|webhook|sourceHydrator|commit\.author)\./,
  /^(application|project|resource)\.links$/,
  /^application\.(allowedNodeLabels|sync\.requireOverridePrivilegeForRevisionSync)$/,
  /^resource\.(sensitive\.mask\.annotations|customLabels|includeEventLabelKeys|excludeEventLabelKeys)$/,
  /^resource\.customizations\.(actions|ignoreResourceUpdates|knownTypeFields)\./,
  /^resource\.ignoreResourceUpdatesEnabled$/,
  /^kustomize\.(path|version|buildOptions)\./,
];

/** Keys of `argocd-cmd-params-cm` that belong to other components, or to Argo CD's own wiring between its processes. */
const foreignParams: readonly RegExp[] = [
  /^(server|reposerver|applicationsetcontroller|notificationscontroller|commitserver|dexserver|redis|otlp|log)\./,
  /^(repo\.server|commit\.server|hydrator\.enabled)$/,
  /^controller\.(operation|hydration)\.processors$/,
  /^controller\.(log|profile|metrics|otlp|sharding|repo\.server\.(plaintext|strict))\b/,
  /^controller\.(app\.state|default)\.cache\.expiration$/,
  /^controller\.(cluster\.cache|k8s\.|ignore\.normalizer\.jq)/,
];

export function isForeignCmKey(key: string): boolean {
  return foreignCm.some((pattern) => pattern.test(key));
}

export function isForeignParamsKey(key: string): boolean {
  return foreignParams.some((pattern) => pattern.test(key));
}

/** What Argo CD acts on and we do not (yet): named, never silent. */
export const notImplementedCmKeys: Readonly<Record<string, string>> = {
  'resource.customizations': 'use the keys "resource.customizations.ignoreDifferences.<group>_<kind>"',
  'application.sync.impersonation.enabled': 'while it is on, every sync is refused',
};

export const notImplementedParamsKeys: Readonly<Record<string, string>> = {
  'controller.diff.server.side': 'the result of an apply is predicted instead of asked for',
  'controller.resource.health.persist': 'the health of resources is in the resource tree only',
};
