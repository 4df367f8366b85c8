import type { NameRule } from '../registry/strategy.ts';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const dns1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedPart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const labelText =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const dns1035Text =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const qualifiedText =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const labelValueText =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const configKeyText =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** What is wrong with a name, in Kubernetes' words; empty when nothing is. */
export function checkName(rule: NameRule, name: string): readonly string[] {
  switch (rule) {
    case 'label':
      return checkPattern(name, { pattern: label, text: labelText, limit: 63 });
    case 'subdomain':
      return checkPattern(name, { pattern: subdomain, text: subdomainText, limit: 253 });
    case 'dns1035':
      return checkPattern(name, { pattern: dns1035, text: dns1035Text, limit: 63 });
    case 'path-segment':
      return checkPathSegment(name);
    case 'none':
      return [];
  }
}

interface PatternRule {
  readonly pattern: RegExp;
  readonly text: string;
  readonly limit: number;
}

function checkPattern(value: string, { pattern, text, limit }: PatternRule): string[] {
  const problems: string[] = [];
  if (value.length > limit) problems.push(`must be no more than ${limit} bytes`);
  if (!pattern.test(value)) problems.push(text);
  return problems;
}

function checkPathSegment(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((one) => name.includes(one)).map((one) => `may not contain '${one}'`);
}

/** A label or annotation key: "name" or "prefix/name". */
export function checkQualifiedName(key: string): readonly string[] {
  const parts = key.split('/');
  if (parts.length > 2) {
    const what = qualifiedText.replace('name part must', 'a valid label key must');
    return [`${what} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const [prefix, name] = parts.length === 2 ? [parts[0], parts[1] ?? ''] : [undefined, key];
  const problems: string[] = [];
  if (prefix === '') problems.push('prefix part must be non-empty');
  else if (prefix !== undefined) problems.push(...checkName('subdomain', prefix).map((one) => `prefix part ${one}`));
  if (name === '') problems.push('name part must be non-empty');
  else if ((name ?? '').length > 63) problems.push('name part must be no more than 63 bytes');
  if (!qualifiedPart.test(name ?? '')) problems.push(qualifiedText);
  return problems;
}

export function checkLabelValue(value: string): readonly string[] {
  return checkPattern(value, { pattern: labelValue, text: labelValueText, limit: 63 });
}

/** A key of a ConfigMap or Secret. */
export function checkConfigKey(key: string): readonly string[] {
  const problems = checkPattern(key, { pattern: /^[-._a-zA-Z0-9]+$/, text: configKeyText, limit: 253 });
  if (key === '.') return [...problems, "must not be '.'"];
  if (key === '..') return [...problems, "must not be '..'"];
  return key.startsWith('..') ? [...problems, "must not start with '..'"] : problems;
}

/** The name of a container or service port. */
export function checkPortName(name: string): readonly string[] {
  const problems: string[] = [];
  if (name.length > 15) problems.push('must be no more than 15 bytes');
  if (!/^[-a-z0-9]+$/.test(name))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) problems.push('must contain at least one letter (a-z)');
  if (name.includes('--')) problems.push('must not contain consecutive hyphens');
  if (/^-|-$/.test(name)) problems.push('must not begin or end with a hyphen');
  return problems;
}

/** The name of an environment variable: printable ASCII except "=". */
export function checkEnvName(name: string): readonly string[] {
  if (/^[ -<>-~]+$/.test(name)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}
