/** Which file carries out which command. Names are the first spelling in the table of flags. */
import { contextListCommand, inspectContextCommand, showContextCommand, useContextCommand } from './context.ts';
import { networkListCommand, networkRemoveCommand } from './network.ts';
import type { Running } from '../../kernel/abi.ts';
import type { DockerCommand } from './arguments.ts';
import { attachCommand } from './attach.ts';
import type { DockerClient } from './client.ts';
import { commitCommand } from './commit.ts';
import { importCommand } from './import.ts';
import { cpCommand } from './cp.ts';
import { diffCommand } from './diff.ts';
import { execCommand } from './exec.ts';
import { eventsCommand } from './events.ts';
import {
  killCommand,
  pauseCommand,
  removeCommand,
  restartCommand,
  stopCommand,
  unpauseCommand,
  waitCommand,
} from './each-container.ts';
import { exportCommand } from './export.ts';
import { removeImageCommand, tagCommand } from './image-names.ts';
import { imagesCommand } from './images.ts';
import {
  inspectCommand,
  inspectContainerCommand,
  inspectImageCommand,
  inspectNetworkCommand,
  inspectVolumeCommand,
} from './inspect.ts';
import { logsCommand } from './logs.ts';
import { portCommand } from './port.ts';
import {
  imagePruneCommand,
  networkPruneCommand,
  pruneCommand,
  systemPruneCommand,
  volumePruneCommand,
} from './prune.ts';
import { historyCommand } from './history.ts';
import { diskUsageCommand } from './system-df.ts';
import { psCommand } from './ps.ts';
import { pullCommand } from './pull.ts';
import { renameCommand } from './rename.ts';
import { createCommand, runCommand } from './run.ts';
import { startCommand } from './start.ts';
import { statsCommand } from './stats.ts';
import { topCommand } from './top.ts';
import { updateCommand } from './update.ts';
import { volumeCreateCommand, volumeListCommand, volumeRemoveCommand } from './volume.ts';
import { infoCommand, versionCommand } from './version.ts';

export const commandTable: Readonly<Record<string, (docker: DockerClient, command: DockerCommand) => Running>> = {
  'container run': runCommand,
  'container create': createCommand,
  'container start': startCommand,
  'container stop': stopCommand,
  'container kill': killCommand,
  'container restart': restartCommand,
  'container rename': renameCommand,
  'container update': updateCommand,
  'container cp': cpCommand,
  'container diff': diffCommand,
  'container commit': commitCommand,
  'image import': importCommand,
  'container export': exportCommand,
  'container prune': pruneCommand,
  'container stats': statsCommand,
  'container rm': removeCommand,
  'container wait': waitCommand,
  'container pause': pauseCommand,
  'container unpause': unpauseCommand,
  'container attach': attachCommand,
  'container exec': execCommand,
  'container logs': logsCommand,
  'container top': topCommand,
  'container ls': psCommand,
  'container port': portCommand,
  'container inspect': inspectContainerCommand,
  'image pull': pullCommand,
  'image ls': imagesCommand,
  'image tag': tagCommand,
  'image rm': removeImageCommand,
  'image inspect': inspectImageCommand,
  'system events': eventsCommand,
  'system info': infoCommand,
  'image history': historyCommand,
  'image prune': imagePruneCommand,
  'system df': diskUsageCommand,
  'system prune': systemPruneCommand,
  'network inspect': inspectNetworkCommand,
  'network ls': networkListCommand,
  'network prune': networkPruneCommand,
  'network rm': networkRemoveCommand,
  'volume create': volumeCreateCommand,
  'volume inspect': inspectVolumeCommand,
  'volume ls': volumeListCommand,
  'volume prune': volumePruneCommand,
  'volume rm': volumeRemoveCommand,
  'context inspect': inspectContextCommand,
  'context ls': contextListCommand,
  'context show': showContextCommand,
  'context use': useContextCommand,
  inspect: inspectCommand,
  version: versionCommand,
};
