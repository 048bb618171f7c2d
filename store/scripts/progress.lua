-- How far a rebuild of the index is: who does it, and that he is alive.
--
-- KEYS  1 reindex  2 audit
-- ARGV  1 start, resume, step, end  2 who runs it
--       3 milliseconds after which one that is silent is dead
--       of start: 4 reset, 5 account, 6 tenant, 7 who asked for it
--       of step: 4 bucket, 5 phase, 6 position, 7 tenders done, 8 of how many
--       of end: 4 the state, 5 why, 6 tenders done
--
-- start: returns 1, or 0 if one is under way.  resume: what there is to go
-- on with, {reset, bucket, phase, position, done, total}, or nothing.  The
-- others: 1, or 0 if another one runs it now.

local op, runner = ARGV[1], ARGV[2]
local at = floor(now() / 1000)
local was = call('HMGET', KEYS[1], 'state', 'runner', 'heartbeat', 'reset',
                 'bucket', 'phase', 'position', 'done', 'total')
local running = was[1] == 'running'
local alive = running and at - tonumber(was[3]) < tonumber(ARGV[3])

if op == 'start' then
    if alive then
        return 0
    end

    call('XADD', KEYS[2], '*', 'op', 'reindex', 'kind', 'index', 'id', '-',
         'account', ARGV[5], 'tenant', ARGV[6], 'who', ARGV[7], 'what',
         ARGV[4] == '1' and 'reset' or '')
    call('DEL', KEYS[1])
    call('HSET', KEYS[1], 'state', 'running', 'runner', runner,
         'heartbeat', text(at), 'reset', ARGV[4], 'bucket', '0',
         'phase', 'begin', 'position', '-', 'done', '0', 'total', '0',
         'started', text(at))
    return 1
end

if op == 'resume' then
    if not running or alive then
        return false
    end

    call('HSET', KEYS[1], 'runner', runner, 'heartbeat', text(at))

    return {was[4], was[5], was[6], was[7], was[8], was[9]}
end

if not running or was[2] ~= runner then
    return 0
end

if op == 'step' then
    call('HSET', KEYS[1], 'heartbeat', text(at), 'bucket', ARGV[4],
         'phase', ARGV[5], 'position', ARGV[6], 'done', ARGV[7],
         'total', ARGV[8])

else
    call('HSET', KEYS[1], 'state', ARGV[4], 'heartbeat', text(at),
         'finished', text(at), 'why', ARGV[5], 'done', ARGV[6])
end

return 1
