/** Compiles a CEL expression with Kubernetes' function libraries; answers its problem instead when it is no expression. */
export { compileCel } from './compile-cel.ts';
export type { CelProblem, CelProgram, CelResult } from './compile-cel.ts';
