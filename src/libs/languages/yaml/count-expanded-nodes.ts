/**
 * How many nodes a value has when each shared one counts at every place where it stands; stops at the first number above
 * `limit`. Time is linear in the nodes that exist, and nesting uses no stack: the value may be hostile.
 */
export function countExpandedNodes(root: unknown, limit: number): number {
  if (!isContainer(root)) return 1;
  const sizes = new Map<object, number>();
  const stack: object[] = [root];
  while (stack.length > 0) {
    const node = stack.at(-1) as object;
    const children = Object.values(node).filter(isContainer);
    const unknown = children.filter((child) => !sizes.has(child));
    if (unknown.length > 0 && !sizes.has(node)) {
      // A node that contains itself would be found on the way down again: mark it as endless.
      sizes.set(node, Number.POSITIVE_INFINITY);
      stack.push(...unknown);
      continue;
    }
    stack.pop();
    const size = Object.values(node).reduce<number>(
      (sum, child) => sum + (isContainer(child) ? (sizes.get(child) ?? 1) : 1),
      1,
    );
    sizes.set(node, size);
    if (size > limit) return size;
  }
  return sizes.get(root) ?? 1;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
