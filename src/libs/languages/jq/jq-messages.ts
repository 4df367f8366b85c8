export interface JqCall {
  readonly id: number;
  readonly program: string;
  /** JSON text. */
  readonly input: string;
}

/** `id` 0 says that the worker is ready. */
export type JqReply =
  { readonly id: number; readonly output: string } | { readonly id: number; readonly problem: string };
