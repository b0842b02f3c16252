import { createServer } from 'node:net';

it('leaves a server', () => {
  createServer().listen(0);
});
