export { startGitServer } from './git-server.ts';
export type { GitServer, GitServerOptions } from './git-server.ts';
export type { FileContent, Files, TestRepository } from './test-repository.ts';
export { createTestRepository } from './test-repository.ts';
export { createTestCertificate } from './test-certificate.ts';
export type { TestCertificate } from './test-certificate.ts';
export { startHttpServer } from './http-server.ts';
export type { LoggedRequest, HttpTestServer } from './http-server.ts';
