-- Tokens are granted.  The grant is what a client, a user and scopes make;
-- its tokens are one family.  While the first access token of it is good for
-- long enough, it is given out again: who knows the client's secret can
-- derive it from the family's id.
--
-- KEYS  1 the grant  2 the family that it is known to have, or again  3 a new
--       family
-- ARGV  1 id of the family that it is known to have, or '', or '*': a new one
--       in any case  2 SHA-256 of the first access token of that family
--       3 id of the new family  4 client, user, account and grant
--       5 SHA-256 of its access token  6 for how many microseconds
--       7 scopes  8 SHA-256 of its refresh token, or ''  9 for how many
--       microseconds  10 how many an access token must have left
--
-- Returns {id of the family, until when its access token is good, now}, or
-- {'KNOWN', id of the family that it has}.

local at = now()
local known = ARGV[1] ~= '*' and call('GET', KEYS[1])

if known and known ~= ARGV[1] then
    return {'KNOWN', known}
end

if known then
    local old = call('HMGET', KEYS[2], 'access', 'refresh')
    local hash, finish = string.match(old[1] or '', '^(%x+) (%d+) ')
    local renew = string.match(old[2] or '', '^%x+ (%d+) ')

    if hash == ARGV[2] and tonumber(finish) - at > tonumber(ARGV[10])
       and (renew and tonumber(renew) > at or false) == (ARGV[8] ~= '')
    then
        return {known, finish, text(at)}
    end
end

local finish = at + tonumber(ARGV[6])
local last = finish

call('HSET', KEYS[3], 'who', ARGV[4],
     'access', ARGV[5] .. ' ' .. text(finish) .. ' ' .. ARGV[7])

if ARGV[8] ~= '' then
    local renew = at + tonumber(ARGV[9])

    last = math.max(last, renew)
    call('HSET', KEYS[3], 'refresh',
         ARGV[8] .. ' ' .. text(renew) .. ' ' .. ARGV[7])
end

call('PEXPIREAT', KEYS[3], text(floor(last / 1000) + 1))
call('SET', KEYS[1], ARGV[3], 'PXAT', text(floor(finish / 1000) + 1))

return {ARGV[3], text(finish), text(at)}
