import type { ResourceType } from '#libs/kube';

const argo = { group: 'argoproj.io', version: 'v1alpha1', namespaced: true } as const;

/** Endpoints of the kinds that Windlass reconciles. */
export const applicationType: ResourceType = Object.freeze({ ...argo, resource: 'applications', kind: 'Application' });
export const appProjectType: ResourceType = Object.freeze({ ...argo, resource: 'appprojects', kind: 'AppProject' });
export const applicationSetType: ResourceType = Object.freeze({
  ...argo,
  resource: 'applicationsets',
  kind: 'ApplicationSet',
});
