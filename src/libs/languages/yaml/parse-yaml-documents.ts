import { loadAll, YAMLException } from 'js-yaml';
import type { EventType, State } from 'js-yaml';
import { WindlassError } from '#base/errors';
import { cloneJson } from '#base/json';
import { countExpandedNodes } from './count-expanded-nodes.ts';
import { goSchema } from './go-schema.ts';
import { defaultYamlLimits, yamlLimitExceeded } from './yaml-limits.ts';
import type { YamlLimits } from './yaml-limits.ts';

export interface YamlDocument {
  /** Plain JSON; integers beyond 2^53 are BigInts. `undefined` members and shared references do not occur. */
  readonly value: unknown;
  /** Where it starts, 1-based. */
  readonly line: number;
}

export interface ParseYamlOptions {
  /** Named in errors. */
  readonly file?: string;
  readonly limits?: Partial<YamlLimits>;
}

/**
 * The documents of a YAML text, typed as Kubernetes types them. A document with nothing in it is null. Pure.
 * Throws YAML_INVALID with file and line, or YAML_LIMIT.
 */
export function parseYamlDocuments(text: string, { file, limits: given }: ParseYamlOptions = {}): YamlDocument[] {
  const limits = { ...defaultYamlLimits, ...given };
  if (text.length > limits.maxBytes)
    throw yamlLimitExceeded(`has ${text.length} characters; at most ${limits.maxBytes} are read`, file);
  const watch = new NodeWatch(limits, file);
  const values: unknown[] = [];
  try {
    loadAll(text, (value) => values.push(value), {
      schema: goSchema,
      json: true,
      listener: (event, state) => watch.see(event, state),
    });
  } catch (error) {
    throw error instanceof WindlassError ? error : invalid(error, file);
  }
  // Only an alias can make the result larger than the text, or one object appear in two places.
  const mayShare = text.includes('*') && text.includes('&');
  return values.map((value, index) => {
    const line = watch.documentLines[index] ?? 1;
    if (!mayShare) return { value: value ?? null, line };
    if (countExpandedNodes(value, limits.maxExpandedNodes) > limits.maxExpandedNodes)
      throw yamlLimitExceeded(`expands through aliases to more than ${limits.maxExpandedNodes} nodes`, file, line);
    return { value: cloneJson(value ?? null), line };
  });
}

/** Counts while the parser runs, so that a hostile text is refused before its result exists. */
class NodeWatch {
  readonly documentLines: number[] = [];
  readonly #limits: YamlLimits;
  readonly #file: string | undefined;
  readonly #children: number[] = [];
  #nodes = 0;

  constructor(limits: YamlLimits, file: string | undefined) {
    this.#limits = limits;
    this.#file = file;
  }

  see(event: EventType, state: State): void {
    if (event === 'open') this.#open(state);
    else this.#close(state);
  }

  #open(state: State): void {
    const depth = this.#children.length;
    if (depth === 0) this.#openDocument(state);
    else (this.#children[depth - 1] as number)++;
    this.#children.push(0);
    const { maxDepth, maxNodes } = this.#limits;
    if (depth > maxDepth) throw this.#exceeded(`nests deeper than ${maxDepth} levels`, state);
    if (++this.#nodes > maxNodes) throw this.#exceeded(`has more than ${maxNodes} nodes`, state);
  }

  #openDocument(state: State): void {
    this.documentLines.push(state.line + 1);
    const { maxDocuments } = this.#limits;
    if (this.documentLines.length > maxDocuments)
      throw this.#exceeded(`has more than ${maxDocuments} documents`, state);
  }

  #close(state: State): void {
    const children = this.#children.pop() ?? 0;
    const { maxKeysPerMap } = this.#limits;
    // Keys and values are both nodes.
    if (state.kind === 'mapping' && children > 2 * maxKeysPerMap)
      throw this.#exceeded(`has a map of more than ${maxKeysPerMap} keys`, state);
  }

  #exceeded(what: string, state: State): WindlassError {
    return yamlLimitExceeded(what, this.#file, state.line + 1);
  }
}

function invalid(error: unknown, file: string | undefined): WindlassError {
  const reason = error instanceof YAMLException ? error.reason : error instanceof Error ? error.message : String(error);
  const line = error instanceof YAMLException && error.mark ? error.mark.line + 1 : undefined;
  const place = [...(file === undefined ? [] : [`"${file}"`]), ...(line === undefined ? [] : [`line ${line}`])];
  return new WindlassError({
    code: 'YAML_INVALID',
    kind: 'InvalidInput',
    message: `Failed to parse YAML${place.length === 0 ? '' : ` in ${place.join(', ')}`}: ${reason}`,
    hint: 'Correct the syntax at that line.',
    at: { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) },
    cause: error,
  });
}
