import type { ArgumentDefinition, OptionDefinition } from '../../program/command-definition.ts';

export const applicationArgument: ArgumentDefinition = { name: 'APPNAME', required: true, complete: 'application' };

export const appNamespaceFlag: OptionDefinition = {
  name: 'app-namespace',
  short: 'N',
  type: 'string',
  summary: "Namespace of the application, when it is not the control plane's",
};

export const outputFlag: OptionDefinition = {
  name: 'output',
  short: 'o',
  type: 'string',
  summary: 'Output format. One of: wide|name|json|yaml|tree|tree=detailed',
  default: 'wide',
};

export const timeoutFlag: OptionDefinition = {
  name: 'timeout',
  type: 'integer',
  summary: 'Give up after this many seconds; 0 waits for ever',
  default: '0',
};

export const revisionFlags: readonly OptionDefinition[] = [
  { name: 'revision', type: 'string', summary: 'Another revision than the tracked one' },
  {
    name: 'revisions',
    type: 'strings',
    summary: 'Revisions of single sources, with --source-positions or --source-names',
  },
  { name: 'source-positions', type: 'strings', summary: 'Which sources --revisions is about, counting from 1' },
  { name: 'source-names', type: 'strings', summary: 'Which sources --revisions is about, by name' },
];
