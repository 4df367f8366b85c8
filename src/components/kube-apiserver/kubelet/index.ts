/** Starts the scheduler and the kubelet of the one simulated node; resolves when the node is registered and pods are watched. */
export { startKubelet } from './start-kubelet.ts';
export type { Kubelet, KubeletOptions, ProcessMapping } from './start-kubelet.ts';
