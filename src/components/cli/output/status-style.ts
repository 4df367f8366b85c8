import type { ProgramName } from '../program/invocation.ts';
import type { Style, Terminal } from '../program/terminal.ts';

/** Colours a text by the sync, health or operation state that it begins with. */
export type StatusStyle = (text: string) => string;

const styles: Readonly<Record<string, Style>> = {
  Synced: 'green',
  Healthy: 'green',
  Succeeded: 'green',
  Successful: 'green',
  OutOfSync: 'yellow',
  Progressing: 'blue',
  Running: 'blue',
  Suspended: 'magenta',
  Missing: 'yellow',
  Degraded: 'red',
  Failed: 'red',
  Error: 'red',
  SyncFailed: 'red',
  Unknown: 'gray',
};

/** Argo CD's command line has no colours. */
export function statusStyle(terminal: Terminal, program: ProgramName): StatusStyle {
  if (program === 'argocd') return (text) => text;
  return (text) => {
    const style = styles[/^[A-Za-z]*/.exec(text)?.[0] ?? ''];
    return style === undefined ? text : terminal.style(style, text);
  };
}
