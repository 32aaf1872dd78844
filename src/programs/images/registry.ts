/** What the simulated registry holds. */
import { alpine } from './alpine.ts';
import { busybox } from './busybox.ts';
import { helloWorld } from './hello-world.ts';
import type { RegistryImage } from './image.ts';
import { nginx } from './nginx.ts';
import { redis } from './redis.ts';

export const registryImages: readonly RegistryImage[] = [helloWorld, busybox, alpine, nginx, redis];
