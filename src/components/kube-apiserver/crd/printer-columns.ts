import type { KubeObject } from '#libs/kube';
import type { Fields } from '../registry/strategies/fields.ts';
import { asText, textOf } from '../registry/strategies/fields.ts';
import type { TableColumn } from '../resources/api-documents.ts';
import { formatAge } from '../tables/human-duration.ts';
import type { Printer } from '../tables/printer.ts';
import { nameOf } from '../tables/printer.ts';
import { compileJsonPath } from './json-path.ts';

const ageDescription =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';
const defaultColumns: readonly Fields[] = [
  { name: 'Age', type: 'date', description: ageDescription, jsonPath: '.metadata.creationTimestamp' },
];

export interface CustomColumns {
  readonly columns: readonly TableColumn[];
  readonly print: Printer;
}

/** Columns of a custom resource: its name, then what its definition asks for. */
export function customColumns(asked: readonly Fields[], nameColumn: TableColumn): CustomColumns {
  const used = asked.length > 0 ? asked : defaultColumns;
  const columns = used.map((column) => ({
    name: textOf(column, 'name'),
    type: textOf(column, 'type'),
    format: textOf(column, 'format'),
    description:
      textOf(column, 'description') ||
      `Custom resource definition column (in JSONPath format): ${textOf(column, 'jsonPath')}`,
    priority: typeof column['priority'] === 'number' ? column['priority'] : 0,
  }));
  const cells = used.map((column) => cellOf(textOf(column, 'type'), compileJsonPath(textOf(column, 'jsonPath'))));
  return {
    columns: [nameColumn, ...columns],
    print: (object, now) => [nameOf(object), ...cells.map((cell) => cell(object, now))],
  };
}

function cellOf(
  type: string,
  find: (object: unknown) => readonly unknown[],
): (object: KubeObject, now: number) => unknown {
  return (object, now) => {
    const values = find(object).filter((one) => one !== undefined && one !== null);
    if (values.length === 0) return null;
    const [first] = values;
    switch (type) {
      case 'date':
        return formatAge(first, now);
      case 'integer':
        return typeof first === 'number' ? Math.trunc(first) : null;
      case 'number':
        return typeof first === 'number' ? first : null;
      case 'boolean':
        return typeof first === 'boolean' ? first : null;
      default:
        return values.map((one) => (typeof one === 'object' ? JSON.stringify(one) : asText(one))).join(',');
    }
  };
}
