export type {
  ApplicationController,
  ApplicationControllerOptions,
  ClusterStatus,
  ControllerStatus,
} from './options.ts';
export { createApplicationController, leaseName } from './create-application-controller.ts';
