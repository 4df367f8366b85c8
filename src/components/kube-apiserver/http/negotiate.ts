import { failure } from '../answers/api-errors.ts';

export type Representation = 'object' | 'table' | 'partial';

export interface Negotiated {
  readonly as: Representation;
  readonly format: 'json' | 'yaml';
  readonly pretty: boolean;
}

interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const available =
  'application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';

/** Chooses the first form that the client accepts and the server has. Throws 406. */
export function negotiate(accept: string, pretty: boolean): Negotiated {
  const types = parseMediaTypes(accept === '' ? '*/*' : accept);
  for (const { type, parameters } of types) {
    const format = formatOf(type);
    const as = representationOf(parameters);
    if (format && as) return { as, format, pretty };
  }
  const message = `406: Not Acceptable\n\nAvailable representations: ${available}`;
  throw failure({ code: 406, reason: 'NotAcceptable', message, details: {} });
}

export function parseMediaTypes(accept: string): readonly MediaType[] {
  return accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.trim().split(';');
    const pairs = parameters.map((one) => one.trim().split('=') as [string, string]);
    return { type: type.toLowerCase(), parameters: new Map(pairs) };
  });
}

function formatOf(type: string): 'json' | 'yaml' | undefined {
  if (type === 'application/json' || type === 'application/*' || type === '*/*') return 'json';
  return type === 'application/yaml' ? 'yaml' : undefined;
}

function representationOf(parameters: ReadonlyMap<string, string>): Representation | undefined {
  const as = parameters.get('as');
  if (as === undefined) return 'object';
  if (parameters.get('g') !== 'meta.k8s.io' || (parameters.get('v') !== 'v1' && parameters.get('v') !== 'v1beta1'))
    return undefined;
  if (as === 'Table') return 'table';
  return as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList' ? 'partial' : undefined;
}
