export interface ApplicationName {
  readonly name: string;
  readonly namespace: string;
  readonly controlNamespace: string;
}

/** How an application is called in tracking marks: `name` in the control-plane namespace, `<namespace>_<name>` elsewhere. */
export function instanceName({ name, namespace, controlNamespace }: ApplicationName): string {
  return namespace === '' || namespace === controlNamespace ? name : `${namespace}_${name}`;
}
