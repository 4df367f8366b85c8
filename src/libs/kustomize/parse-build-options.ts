import { WindlassError } from '#base/errors';

export interface BuildOptions {
  /** What is passed on. */
  readonly args: readonly string[];
  readonly enableHelm: boolean;
  /** Files outside of a kustomization's own directory may be read. */
  readonly isUnrestricted: boolean;
}

/** Options that cannot run a program nor name one. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  '--load-restrictor': ['LoadRestrictionsNone', 'LoadRestrictionsRootOnly'],
  '--load_restrictor': ['LoadRestrictionsNone', 'LoadRestrictionsRootOnly', 'none', 'rootOnly'],
  '--reorder': ['legacy', 'none'],
  '--enable-helm': ['true', 'false'],
  '--enable-managedby-label': ['true', 'false'],
};

/**
 * Reads `kustomize.buildOptions`. Throws KUSTOMIZE_OPTION_FORBIDDEN for an option that is not on the list: some of them name
 * programs to run (`safety.md` A21). Pure.
 */
export function parseBuildOptions(text: string): BuildOptions {
  const words = text.split(/\s+/).filter(Boolean);
  const options = new Map<string, string>();
  for (let i = 0; i < words.length; i++) {
    const [name = '', ...rest] = (words[i] as string).split('=');
    const values = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    if (!values) throw forbidden(words[i] as string);
    const isFlag = values.includes('true');
    const value = rest.length > 0 ? rest.join('=') : isFlag ? 'true' : (words[++i] ?? '');
    if (!values.includes(value)) throw forbidden(`${name} ${value}`.trim());
    options.set(name, value);
  }
  const restrictor = options.get('--load-restrictor') ?? options.get('--load_restrictor') ?? '';
  options.delete('--load_restrictor');
  const isUnrestricted = ['LoadRestrictionsNone', 'none'].includes(restrictor);
  if (restrictor)
    options.set('--load-restrictor', isUnrestricted ? 'LoadRestrictionsNone' : 'LoadRestrictionsRootOnly');
  return {
    args: [...options].map(([name, value]) => `${name}=${value}`),
    enableHelm: options.get('--enable-helm') === 'true',
    isUnrestricted,
  };
}

function forbidden(option: string): WindlassError {
  return new WindlassError({
    code: 'KUSTOMIZE_OPTION_FORBIDDEN',
    kind: 'Forbidden',
    message: `The Kustomize build option "${option.slice(0, 100)}" is not allowed.`,
    hint: `Allowed in kustomize.buildOptions: ${Object.keys(allowed).join(', ')}.`,
    at: { field: 'kustomize.buildOptions' },
  });
}
