import { createServer } from 'node:http';

// Stands in for a demo application: answers with MESSAGE on the port it is given.
const server = createServer((_request, response) => response.end(process.env.MESSAGE));
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log(`listening on ${process.env.PORT}`));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
