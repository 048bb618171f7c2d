-- The index of a bucket begins anew.  Its generation and the bytes before its
-- log go on, so that who has read it before notices.
--
-- The ids of its segments do, too: draw.lua counts them, and the manifest has
-- the least that comes next.
--
-- KEYS  1 manifest  2 log  3 lock  4 to 9 columns
--       10 numbers that a rebuild has met  11 then, its segments
-- ARGV  1 milliseconds that segments stay
--
-- Returns 1.

local generation, base, following =
    string.match(call('GETRANGE', KEYS[1], '0', '63'),
                 '^(%d+) (%d+) (%d+)\n')

-- of one that cannot be read: more than there ever was

if not generation or #generation > 16 or #base > 16 or #following > 16 then
    generation, base, following = text(now()), text(now()), text(now())
end

base = tonumber(base) + call('STRLEN', KEYS[2])

call('UNLINK', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8],
     KEYS[9], KEYS[10])
call('SET', KEYS[1], text(generation + 1) .. ' ' .. text(base) .. ' '
     .. following .. '\n')

for i = 11, #KEYS do
    call('PEXPIRE', KEYS[i], ARGV[1])
end

return 1
