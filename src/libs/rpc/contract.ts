import type { Static, TSchema } from 'typebox';

/** How a caller bounds a call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds from now after which the call fails with DEADLINE_EXCEEDED. Default: the method's own. */
  readonly deadlineMs?: number;
}

/** What a handler is told about the call that it serves. The signal aborts on cancellation and at the deadline. */
export interface CallContext {
  readonly signal: AbortSignal;
}

/** One request, one answer. */
export interface UnaryMethod<Request extends TSchema = TSchema, Response extends TSchema = TSchema> {
  readonly type: 'unary';
  readonly request: Request;
  readonly response: Response;
  readonly deadlineMs: number;
}

/** One request, a stream of items that ends, fails, or is cancelled. It has no deadline unless the caller sets one. */
export interface StreamMethod<Request extends TSchema = TSchema, Item extends TSchema = TSchema> {
  readonly type: 'stream';
  readonly request: Request;
  readonly item: Item;
}

export type ContractMethod = UnaryMethod | StreamMethod;

/** What one component offers to others: method names with the schemas of what goes over. */
export interface Contract<
  Methods extends Readonly<Record<string, ContractMethod>> = Readonly<Record<string, ContractMethod>>,
> {
  readonly name: string;
  readonly methods: Methods;
}

type Call<Method extends ContractMethod, Options> =
  Method extends UnaryMethod<infer Request, infer Response>
    ? (request: Static<Request>, options?: Options) => Promise<Static<Response>>
    : Method extends StreamMethod<infer Request, infer Item>
      ? (request: Static<Request>, options?: Options) => AsyncIterable<Static<Item>>
      : never;

type Handler<Method extends ContractMethod> =
  Method extends UnaryMethod<infer Request, infer Response>
    ? (request: Static<Request>, context: CallContext) => Promise<Static<Response>>
    : Method extends StreamMethod<infer Request, infer Item>
      ? (request: Static<Request>, context: CallContext) => AsyncIterable<Static<Item>>
      : never;

/** The contract as its callers see it, whatever the transport. */
export type ClientOf<C extends Contract> = {
  readonly [Name in keyof C['methods']]: Call<C['methods'][Name], CallOptions>;
};

/** The contract as its implementation fulfils it. */
export type HandlersOf<C extends Contract> = { readonly [Name in keyof C['methods']]: Handler<C['methods'][Name]> };

const defaultDeadlineMs = 60_000;

export function unary<Request extends TSchema, Response extends TSchema>(method: {
  readonly request: Request;
  readonly response: Response;
  readonly deadlineMs?: number;
}): UnaryMethod<Request, Response> {
  return Object.freeze({ type: 'unary', deadlineMs: defaultDeadlineMs, ...method });
}

export function serverStream<Request extends TSchema, Item extends TSchema>(method: {
  readonly request: Request;
  readonly item: Item;
}): StreamMethod<Request, Item> {
  return Object.freeze({ type: 'stream', ...method });
}

export function defineContract<Methods extends Readonly<Record<string, ContractMethod>>>(
  name: string,
  methods: Methods,
): Contract<Methods> {
  return Object.freeze({ name, methods: Object.freeze(methods) });
}
