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
export type { ConnectOptions, HttpClient } from './connect-http.ts';
export { connectHttp } from './connect-http.ts';
export type { RpcServer, ServeOptions } from './serve-http.ts';
export { serveHttp } from './serve-http.ts';
