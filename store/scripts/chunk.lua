-- A piece of a file is kept, for a while; a document that takes the file in
-- makes it stay.
--
-- KEYS  1 file
-- ARGV  1 number of the chunk, from 0 on  2 its bytes  3 seconds
--
-- Returns 1; 0 if the pieces before it are gone.

if ARGV[1] ~= text(call('HLEN', KEYS[1])) then
    return 0
end

call('HSET', KEYS[1], ARGV[1], ARGV[2])
call('EXPIRE', KEYS[1], ARGV[3])

return 1
