// Where compiled code is kept between runs. Whoever can write there decides what runs, so a folder and a file count only
// if they belong to this user, and no one else may write to them. Whatever goes wrong, the command runs without a cache.
const fs = require('node:fs');
const { homedir } = require('node:os');
const { isAbsolute, join } = require('node:path');

const dayMs = 86_400_000;
/** Functions that later runs compiled are added once in this time. */
const recentMs = dayMs;
/** Files of versions that are used no more are removed. */
const keptMs = 30 * dayMs;

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
    const folder = join(cachesOf(home), 'claimsmith');
    const stats = fs.lstatSync(folder, { throwIfNoEntry: false });
    if (stats === undefined) fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    return stats === undefined || (stats.isDirectory() && isOwn(stats)) ? folder : undefined;
  } catch {
    return undefined;
  }
};

/** The code kept under a name, and whether it is of the last day; undefined if there is none that is safe. */
exports.readCache = (folder, name) => {
  let file;
  try {
    file = fs.openSync(join(folder, name), O_RDONLY | O_NOFOLLOW);
    const stats = fs.fstatSync(file);
    if (!stats.isFile() || !isOwn(stats)) return undefined;
    return { data: fs.readFileSync(file), isRecent: Date.now() - stats.mtimeMs < recentMs };
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) fs.closeSync(file);
  }
};

/** Keeps what `code` gives. Another run sees all of it or nothing. */
exports.writeCache = (folder, name, code) => {
  const draft = join(folder, `${name}.${process.pid}.draft`);
  try {
    fs.writeFileSync(draft, code(), { flag: 'wx', mode: 0o600 });
    fs.renameSync(draft, join(folder, name));
    removeOld(folder);
  } catch {
    fs.rmSync(draft, { force: true });
  }
};

function cachesOf(home) {
  const { LOCALAPPDATA, XDG_CACHE_HOME = '' } = process.env;
  if (process.platform === 'win32') return LOCALAPPDATA ?? join(home, 'AppData', 'Local');
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches');
  return isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(home, '.cache');
}

/** In Windows, the folder's inherited rights keep others out. */
function isOwn({ uid: owner, mode }) {
  return uid === undefined || (owner === uid && (mode & 0o022) === 0);
}

function removeOld(folder) {
  for (const name of fs.readdirSync(folder)) {
    if (!/\.(cache|draft)$/.test(name)) continue;
    const path = join(folder, name);
    if (Date.now() - fs.lstatSync(path).mtimeMs > keptMs) fs.rmSync(path, { force: true });
  }
}
