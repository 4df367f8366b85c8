import { styleText } from 'node:util';

export interface OutputStream {
  write(text: string): unknown;
  readonly columns?: number | undefined;
}

export interface StreamTerminals {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

export interface TerminalOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly isTerminal: StreamTerminals;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type Style = Parameters<typeof styleText>[0];

/** Where a command writes: answers to standard output, everything else to standard error. */
export class Terminal {
  readonly #options: TerminalOptions;
  readonly #hasColor: { readonly stdout: boolean; readonly stderr: boolean };
  #lineLength = 0;

  constructor(options: TerminalOptions) {
    this.#options = options;
    const { env, isTerminal } = options;
    const isForced = (env['CLICOLOR_FORCE'] ?? env['FORCE_COLOR'] ?? '0') !== '0';
    const isAllowed = !env['NO_COLOR'] && env['TERM'] !== 'dumb';
    const colored = (stream: boolean) => isAllowed && (stream || isForced);
    this.#hasColor = { stdout: colored(isTerminal.stdout), stderr: colored(isTerminal.stderr) };
  }

  get isTerminal(): StreamTerminals {
    return this.#options.isTerminal;
  }

  /** True when somebody is there to answer a question. */
  get canAsk(): boolean {
    const { isTerminal, env } = this.#options;
    return isTerminal.stdin && isTerminal.stderr && !env['CI'];
  }

  print(text: string): void {
    this.#clearLine();
    this.#options.stdout.write(text);
  }

  printLine(text = ''): void {
    this.print(`${text}\n`);
  }

  /** Progress, hints, warnings, errors. */
  note(text: string): void {
    this.#clearLine();
    this.#options.stderr.write(`${text}\n`);
  }

  /** One line on a terminal's standard error that the next one replaces; nothing in a pipe. */
  redraw(text: string): void {
    if (!this.isTerminal.stderr) return;
    const line = text.slice(0, Math.max(20, (this.#options.stderr.columns ?? 80) - 1));
    this.#clearLine();
    this.#options.stderr.write(line);
    this.#lineLength = line.length;
  }

  /** Ends a redrawn line, so that what follows starts on a clean one. */
  finishLine(): void {
    this.#clearLine();
  }

  /** Text in a colour where standard output shows colours. */
  style(style: Style, text: string): string {
    return this.#hasColor.stdout ? styleText(style, text, { validateStream: false }) : text;
  }

  styleNote(style: Style, text: string): string {
    return this.#hasColor.stderr ? styleText(style, text, { validateStream: false }) : text;
  }

  /** Asks on standard error and reads a line of standard input. */
  async ask(question: string): Promise<string> {
    this.#clearLine();
    this.#options.stderr.write(question);
    let answer = '';
    for await (const chunk of this.#options.stdin) {
      answer += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      if (answer.includes('\n')) break;
    }
    return answer.split('\n')[0]?.trim() ?? '';
  }

  /** All of standard input. */
  async readInput(): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.#options.stdin) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString('utf8');
  }

  #clearLine(): void {
    if (this.#lineLength === 0) return;
    this.#options.stderr.write(`\r${' '.repeat(this.#lineLength)}\r`);
    this.#lineLength = 0;
  }
}
