// Where compiled code is kept between runs. Whoever can write there decides what runs, so a folder and a file count only
// if they belong to this user alone, and no one else can put others in their place. Whatever goes wrong, the command runs
// without a cache.
const fs = require('node:fs');
const { homedir } = require('node:os');
const { dirname, isAbsolute, join } = require('node:path');
const { crc32 } = require('node:zlib');

const dayMs = 86_400_000;
/** Functions that later runs compiled are added once in this time, and by a run that clearly has more work. */
const recentMs = dayMs;
const moreWork = 2;
/** Files of versions that are used no more are removed. */
const keptMs = 30 * dayMs;

/** After the code: the milliseconds of processor time of the run that wrote it, and a checksum of both. */
const [timeBytes, sumBytes] = [4, 4];

const { O_NOFOLLOW = 0, O_RDONLY } = fs.constants;
const uid = process.getuid?.();

/** The user's own folder for it; undefined in CI, where no later run would find it, and where there is no safe one. */
exports.cacheFolder = () => {
  const { CI, NODE_DISABLE_COMPILE_CACHE } = process.env;
  if (!['', '0', 'false', undefined].includes(CI) || NODE_DISABLE_COMPILE_CACHE) return undefined;
  try {
    const home = homedir();
    // With `sudo`, the home may be another user's.
    if (uid !== undefined && fs.statSync(home).uid !== uid) return undefined;
    const caches = cachesOf(home);
    // Else it would be a folder of the project that the command is run in.
    if (!isAbsolute(caches)) return undefined;
    makeFolder(caches);
    const real = fs.realpathSync.native(caches);
    if (!isOutOfReach(real)) return undefined;
    const folder = join(real, 'claimsmith');
    makeFolder(folder);
    const stats = fs.lstatSync(folder);
    return stats.isDirectory() && isOwn(stats) ? folder : undefined;
  } catch {
    return undefined;
  }
};

/**
 * The code kept under a name, and whether it has what a run called that ends now; undefined if there is none that is safe.
 */
exports.readCache = (folder, name) => {
  let file;
  try {
    file = fs.openSync(join(folder, name), O_RDONLY | O_NOFOLLOW);
    const stats = fs.fstatSync(file);
    if (!stats.isFile() || !isOwn(stats)) return undefined;
    const data = fs.readFileSync(file);
    const kept = data.subarray(0, -sumBytes);
    const code = kept.subarray(0, -timeBytes);
    // V8 does not look for damage: code with a wrong bit crashes, or does something else than what was compiled.
    if (code.length === 0 || data.readUInt32LE(kept.length) !== crc32(kept)) return undefined;
    const isRecent = Date.now() - stats.mtimeMs < recentMs;
    const writtenAfterMs = kept.readUInt32LE(code.length);
    return { code, isCurrent: () => isRecent && processorMs() <= writtenAfterMs * moreWork };
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) fs.closeSync(file);
  }
};

/** Of this process until now. */
function processorMs() {
  const { user, system } = process.cpuUsage();
  return Math.ceil((user + system) / 1000);
}

/** Keeps what `compiled` gives. Another run sees all of it or nothing. */
exports.writeCache = (folder, name, compiled) => {
  const draft = join(folder, `${name}.${process.pid}.draft`);
  try {
    const time = Buffer.alloc(timeBytes);
    time.writeUInt32LE(processorMs());
    const kept = Buffer.concat([compiled(), time]);
    const sum = Buffer.alloc(sumBytes);
    sum.writeUInt32LE(crc32(kept));
    fs.writeFileSync(draft, Buffer.concat([kept, sum]), { flag: 'wx', mode: 0o600 });
    fs.renameSync(draft, join(folder, name));
    removeOld(folder);
  } catch {
    try {
      fs.rmSync(draft, { force: true });
    } catch {
      // The next run removes it.
    }
  }
};

/** One level: with `recursive`, Node never returns where the system lets nobody make folders, as under /proc. */
function makeFolder(path) {
  try {
    fs.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

function cachesOf(home) {
  const { LOCALAPPDATA, XDG_CACHE_HOME = '' } = process.env;
  if (process.platform === 'win32') return LOCALAPPDATA ?? join(home, 'AppData', 'Local');
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches');
  return isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(home, '.cache');
}

/** In Windows, the folder's inherited rights keep others out. A checkout never has files that only its user can read. */
function isOwn({ uid: owner, mode }) {
  return uid === undefined || (owner === uid && (mode & 0o077) === 0);
}

/** Whether no other user, but for root, can rename or replace a folder on the way. */
function isOutOfReach(path) {
  if (uid === undefined) return true;
  const { uid: owner, mode } = fs.lstatSync(path);
  const isSticky = (mode & 0o1000) !== 0;
  if ((owner !== uid && owner !== 0) || ((mode & 0o022) !== 0 && !isSticky)) return false;
  const parent = dirname(path);
  return parent === path || isOutOfReach(parent);
}

/** Node's files of modules too, which it makes anew where they are missing. */
function removeOld(folder) {
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if (Date.now() - fs.lstatSync(path).mtimeMs > keptMs) fs.rmSync(path, { force: true });
  }
}
