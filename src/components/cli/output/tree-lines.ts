/** One node of a printed tree: its cells, and what stands below it. */
export interface TreeItem {
  readonly cells: readonly string[];
  readonly children: readonly TreeItem[];
}

/** Rows whose first cell carries the branches of the tree: `├─`, `└─`, `│`. Pure. */
export function treeLines(items: readonly TreeItem[]): readonly (readonly string[])[] {
  return items.flatMap((item) => [item.cells, ...below(item.children, '')]);
}

function below(children: readonly TreeItem[], indent: string): readonly (readonly string[])[] {
  return children.flatMap((child, index) => {
    const isLast = index === children.length - 1;
    const [first = '', ...rest] = child.cells;
    return [
      [`${indent}${isLast ? '└─' : '├─'}${first}`, ...rest],
      ...below(child.children, `${indent}${isLast ? '  ' : '│ '}`),
    ];
  });
}
