export type {
  ApplicationController,
  ApplicationControllerOptions,
  ClusterStatus,
  ControllerStatus,
  DeploymentManifests,
} from './options.ts';
