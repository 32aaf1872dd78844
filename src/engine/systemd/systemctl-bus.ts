/** What every verb of systemctl has at hand. */
import type { Running } from '../../kernel/abi.ts';
import type { Options } from '../../programs/tools/options.ts';
import { callRpc, RpcError } from '../wire/rpc.ts';
import type { RpcClient } from '../wire/rpc.ts';
import type { Properties } from './properties.ts';

export interface Systemctl {
  readonly bus: RpcClient;
  readonly options: Options;
  readonly units: readonly string[];
}

/** A unit's properties; null when there is no such unit. */
export function* propertiesOf(bus: RpcClient, name: string): Running<Properties | null> {
  try {
    return (yield* callRpc(bus, 'org.freedesktop.DBus.Properties/GetAll', { name })) as Properties;
  } catch (error) {
    if (error instanceof RpcError) return null;
    throw error;
  }
}

/** A name without a suffix is a service's. */
export function unitName(name: string): string {
  return /\.(service|socket|scope|target|slice|timer)$/.test(name) ? name : `${name}.service`;
}
