/**
 * The names under which the busybox binary is found: those of its applets that are modelled, and those that say that
 * they are not.
 */
import { appletTable } from '../busybox/applets.ts';

export const applets: readonly string[] = [...appletTable.keys()].toSorted();
