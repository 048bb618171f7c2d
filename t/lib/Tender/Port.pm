package Tender::Port;

# Copyright (C) ngx_tender_module contributors

# Tender::Port->new: a TCP port on 127.0.0.1 that nobody listens on and that
# no other test will take while this object lives.

use strict;
use warnings;

use IO::Socket::INET;


# below the ephemeral range, so that no client socket can be in the way

use constant { FIRST => 10000, COUNT => 20000 };

my $next = ($$ * 37) % COUNT;


sub new {
    my ($class) = @_;

    for (1 .. 1000) {
        my $number = FIRST + $next;

        $next = ($next + 1) % COUNT;

        # an UDP socket of the same number is the lock between tests
        my $lock = IO::Socket::INET->new(
            Proto => 'udp', LocalAddr => '127.0.0.1', LocalPort => $number,
        ) or next;

        my $probe = IO::Socket::INET->new(
            LocalAddr => '127.0.0.1', LocalPort => $number, Listen => 1,
            ReuseAddr => 1,
        ) or next;

        close $probe;

        return bless { number => $number, lock => $lock }, $class;
    }

    die "no free port on 127.0.0.1\n";
}


sub number { $_[0]{number} }


1;
