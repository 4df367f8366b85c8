export type {
  CallContext,
  CallOptions,
  ClientOf,
  Contract,
  ContractMethod,
  HandlersOf,
  StreamMethod,
  UnaryMethod,
} from './contract.ts';
export { defineContract, serverStream, unary } from './contract.ts';
export { connectInProcess } from './connect-in-process.ts';
