-- A token is given up.  An access token alone, or with a refresh token all
-- of its family, also with one that was used before.
--
-- KEYS  1 family
-- ARGV  1 access, refresh  2 SHA-256 of the token  3 client
--
-- Returns 1; 0 if it was not one of that client.

local family = call('HMGET', KEYS[1], 'who', 'access', 'refresh')
local client = string.match(family[1] or '', '^(%S+) ')

if client ~= ARGV[3] then
    return 0
end

if ARGV[1] == 'refresh' then
    if not family[3] then
        return 0
    end

    call('DEL', KEYS[1])

    return 1
end

if string.match(family[2] or '', '^(%x+) ') ~= ARGV[2] then
    return 0
end

if family[3] then
    call('HDEL', KEYS[1], 'access')
else
    call('DEL', KEYS[1])
end

return 1
