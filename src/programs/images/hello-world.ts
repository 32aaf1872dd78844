/** docker.io/library/hello-world: one static binary. */
import { binary } from './files.ts';
import type { RegistryImage } from './image.ts';

export const helloWorld: RegistryImage = {
  repository: 'hello-world',
  tags: ['latest', 'linux'],
  created: '2025-08-08T19:05:17Z',
  architecture: 'amd64',
  os: 'linux',
  layers: [
    {
      mediaSize: 2_380,
      size: 10_072,
      createdBy: 'COPY hello / # buildkit',
      files: [binary('/hello', 'hello', 10_072)],
    },
  ],
  config: {
    Cmd: ['/hello'],
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    WorkingDir: '/',
  },
};
