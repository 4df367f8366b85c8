import { isRecord } from '#base/json';
import type { Path, PathElement } from './path-element.ts';
import { comparePathElements, fieldElement, parsePathElement } from './path-element.ts';

const noMembers: ReadonlySet<PathElement> = new Set();
const noChildren: ReadonlyMap<PathElement, FieldSet> = new Map();

/**
 * A set of paths into an object: what `fieldsV1` of a managed-fields entry says. Immutable; results share parts with inputs.
 * A path may be a member itself (`"f:replicas": {}`), have members below it, or both (`"f:labels": {".": {}, "f:app": {}}`).
 */
export class FieldSet {
  static readonly empty: FieldSet = new FieldSet(noMembers, noChildren);

  readonly members: ReadonlySet<PathElement>;
  readonly children: ReadonlyMap<PathElement, FieldSet>;
  #fieldsV1: Record<string, unknown> | undefined;

  private constructor(members: ReadonlySet<PathElement>, children: ReadonlyMap<PathElement, FieldSet>) {
    this.members = members;
    this.children = children;
  }

  /** `children` that are empty are left out. */
  static of(members: ReadonlySet<PathElement>, children: ReadonlyMap<PathElement, FieldSet>): FieldSet {
    let kept = children;
    for (const child of children.values()) {
      if (child.isEmpty) {
        kept = new Map([...children].filter(([, one]) => !one.isEmpty));
        break;
      }
    }
    return members.size === 0 && kept.size === 0 ? FieldSet.empty : new FieldSet(members, kept);
  }

  static fromPaths(paths: Iterable<Path>): FieldSet {
    const builder = new FieldSetBuilder();
    for (const path of paths) builder.insert(path);
    return builder.build();
  }

  /** Reads a `fieldsV1` value, which must not change afterwards. Throws FIELDS_INVALID. */
  static fromFieldsV1(fields: unknown): FieldSet {
    if (!isRecord(fields)) return FieldSet.empty;
    const { set, isCanonical } = readFields(fields);
    if (isCanonical && set !== FieldSet.empty) set.#fieldsV1 = fields;
    return set;
  }

  /** The `fieldsV1` value in the server's order; the one that was read, when it was one. */
  toFieldsV1(): Record<string, unknown> {
    return (this.#fieldsV1 ??= this.#write());
  }

  #write(): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    const elements =
      this.children.size === 0 ? [...this.members] : [...new Set([...this.members, ...this.children.keys()])];
    for (const element of elements.sort(comparePathElements)) {
      const child = this.children.get(element);
      if (child === undefined) fields[element] = {};
      else fields[element] = this.members.has(element) ? { '.': {}, ...child.toFieldsV1() } : child.toFieldsV1();
    }
    return fields;
  }

  get isEmpty(): boolean {
    return this.members.size === 0 && this.children.size === 0;
  }

  has(path: Path): boolean {
    const last = path.at(-1);
    if (last === undefined) return false;
    return this.below(path.slice(0, -1)).members.has(last);
  }

  /** What lies below a path, without the path itself. */
  below(path: Path): FieldSet {
    // eslint-disable-next-line typescript/no-this-alias -- A walk starts here.
    let set: FieldSet = this;
    for (const element of path) set = set.child(element);
    return set;
  }

  child(element: PathElement): FieldSet {
    return this.children.get(element) ?? FieldSet.empty;
  }

  /** True when the element is a member or has members below it. */
  touches(element: PathElement): boolean {
    return this.members.has(element) || this.children.has(element);
  }

  union(other: FieldSet): FieldSet {
    if (other.isEmpty || other === this) return this;
    if (this.isEmpty) return other;
    const children = new Map(this.children);
    for (const [element, child] of other.children) children.set(element, this.child(element).union(child));
    return FieldSet.of(this.members.union(other.members), children);
  }

  intersection(other: FieldSet): FieldSet {
    if (other === this) return this;
    const children = new Map<PathElement, FieldSet>();
    for (const [element, child] of this.children) children.set(element, child.intersection(other.child(element)));
    return FieldSet.of(this.members.intersection(other.members), children);
  }

  /** The set itself when nothing goes. */
  difference(other: FieldSet): FieldSet {
    if (other.isEmpty) return this;
    let children: Map<PathElement, FieldSet> | undefined;
    for (const [element, child] of this.children) {
      const left = child.difference(other.child(element));
      if (left !== child) (children ??= new Map(this.children)).set(element, left);
    }
    const members = this.members.difference(other.members);
    if (children === undefined && members.size === this.members.size) return this;
    return FieldSet.of(members, children ?? this.children);
  }

  /** Removes the members of `other` and everything below them. */
  recursiveDifference(other: FieldSet): FieldSet {
    if (other.isEmpty) return this;
    const children = new Map<PathElement, FieldSet>();
    for (const [element, child] of this.children) {
      if (!other.members.has(element)) children.set(element, child.recursiveDifference(other.child(element)));
    }
    return FieldSet.of(this.members.difference(other.members), children);
  }

  /** Members that have no members below them. */
  leaves(): FieldSet {
    const members = new Set([...this.members].filter((element) => !this.children.has(element)));
    const children = new Map([...this.children].map(([element, child]) => [element, child.leaves()]));
    return FieldSet.of(members, children);
  }

  equals(other: FieldSet): boolean {
    if (other === this) return true;
    if (this.members.size !== other.members.size || this.children.size !== other.children.size) return false;
    for (const element of this.members) if (!other.members.has(element)) return false;
    for (const [element, child] of this.children) {
      const match = other.children.get(element);
      if (match === undefined || !child.equals(match)) return false;
    }
    return true;
  }

  /** All member paths, in the server's order. */
  *paths(prefix: Path = []): Generator<Path> {
    for (const element of [...this.members].sort(comparePathElements)) yield [...prefix, element];
    for (const [element, child] of [...this.children].sort(([a], [b]) => comparePathElements(a, b))) {
      yield* child.paths([...prefix, element]);
    }
  }
}

interface ReadFields {
  readonly set: FieldSet;
  readonly isMember: boolean;
  /** Every element was spelled as this module spells it. */
  readonly isCanonical: boolean;
}

const leaf: ReadFields = { set: FieldSet.empty, isMember: true, isCanonical: true };

function readFields(fields: Readonly<Record<string, unknown>>): ReadFields {
  const members = new Set<PathElement>();
  const children = new Map<PathElement, FieldSet>();
  let isMember = false;
  let isCanonical = true;
  let isEmpty = true;
  for (const key in fields) {
    isEmpty = false;
    if (key === '.') {
      isMember = true;
      continue;
    }
    const element = parsePathElement(key);
    const value = fields[key];
    const child = isRecord(value) ? readFields(value) : leaf;
    if (child.isMember) members.add(element);
    if (!child.set.isEmpty) children.set(element, child.set);
    isCanonical &&= child.isCanonical && element === key;
  }
  return isEmpty ? leaf : { set: FieldSet.of(members, children), isMember, isCanonical };
}

/** Collects paths for a FieldSet; `field`, `item` and `insert` may be mixed. */
export class FieldSetBuilder {
  readonly #members = new Set<PathElement>();
  readonly #children = new Map<PathElement, FieldSetBuilder>();

  add(element: PathElement): void {
    this.#members.add(element);
  }

  child(element: PathElement): FieldSetBuilder {
    let child = this.#children.get(element);
    if (child === undefined) this.#children.set(element, (child = new FieldSetBuilder()));
    return child;
  }

  insert(path: Path): void {
    const last = path.at(-1);
    if (last === undefined) return;
    // eslint-disable-next-line typescript/no-this-alias -- A walk starts here.
    let builder: FieldSetBuilder = this;
    for (const element of path.slice(0, -1)) builder = builder.child(element);
    builder.add(last);
  }

  build(): FieldSet {
    const children = new Map<PathElement, FieldSet>();
    for (const [element, child] of this.#children) children.set(element, child.build());
    return FieldSet.of(this.#members, children);
  }
}

/** A path of plain field names as a set: `fieldPath('metadata', 'name')`. */
export function fieldPath(...names: readonly string[]): Path {
  return names.map(fieldElement);
}
