import { dump } from 'js-yaml';

/** A JSON value as YAML that every reader types alike: what could be taken for something else is quoted. */
export function dumpYaml(value: unknown): string {
  return dump(value, { lineWidth: -1, noRefs: true, noCompatMode: false });
}
