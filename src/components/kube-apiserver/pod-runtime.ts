/** Which container's log to read and how, as the `log` subresource's parameters say. */
export interface PodLogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly sinceSeconds?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
}

/** What the API server asks of whoever runs the pods: the simulated kubelet implements it. */
export interface PodRuntime {
  /** The log as UTF-8 chunks; ends when the log ends, or at the signal when `follow` is set. */
  logs(request: PodLogRequest, signal: AbortSignal): AsyncIterable<Uint8Array>;
}
