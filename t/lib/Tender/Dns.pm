package Tender::Dns;

# Copyright (C) ngx_tender_module contributors

# A name server for tests, on UDP.
#
#   my $dns = Tender::Dns->new(names => { 'redis.test' => '127.0.0.1' });
#   ... http => 'resolver ' . $dns->addr . ' valid=1s ipv6=off;' ...
#   $dns->set('redis.test', '127.0.0.2');      several: '127.0.0.2,127.0.0.3'
#   $dns->set('redis.test');                   no such name any more
#   $dns->mute(1);                             does not answer
#   $dns->queries;                             how many came so far
#
# It answers A queries; a name that it knows has no other records.

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use Socket qw(inet_aton);

use Tender::Child;


sub new {
    my ($class, %opt) = @_;

    my $sock = IO::Socket::INET->new(
        Proto => 'udp', LocalAddr => '127.0.0.1',
    ) or die "cannot bind: $!";

    my $self = bless { addr => '127.0.0.1:' . $sock->sockport }, $class;

    $self->{child} = Tender::Child->serve(sub {
        serve($sock, $_[0], { %{ $opt{names} || {} } }, $opt{ttl} // 1);
    });

    return $self;
}


sub addr    { $_[0]{addr} }
sub stop    { $_[0]{child}->stop }
sub set     { $_[0]{child}->ask('set', $_[1], $_[2] // '') }
sub mute    { $_[0]{child}->ask('mute', $_[1]) }
sub queries { $_[0]{child}->ask('queries') }


sub serve {
    my ($sock, $control, $names, $ttl) = @_;

    my $select = IO::Select->new($sock, $control);
    my ($mute, $queries) = (0, 0);

    while (1) {
        for my $ready ($select->can_read) {
            if ($ready == $sock) {
                my $peer = recv $sock, my $query, 4096, 0;

                $queries++;

                my $answer = $mute ? undef : answer($query, $names, $ttl);
                send $sock, $answer, 0, $peer if defined $answer;
                next;
            }

            my $line = readline $control;
            defined $line or return;

            my ($word, @args) = split ' ', $line;

            if ($word eq 'mute') {
                $mute = $args[0];

            } elsif ($word eq 'set') {
                $names->{ lc $args[0] } = $args[1];
            }

            print $control $word eq 'queries' ? $queries : 'ok', "\n";
        }
    }
}


sub answer {
    my ($query, $names, $ttl) = @_;

    return if length $query < 17;

    my ($id, $flags, $count) = unpack 'nnn', $query;
    my @labels;
    my $pos = 12;

    while (my $len = ord substr $query, $pos, 1) {
        return if $len > 63 || $pos + $len + 5 > length $query;
        push @labels, substr $query, $pos + 1, $len;
        $pos += $len + 1;
    }

    my $type     = unpack 'n', substr $query, $pos + 1, 2;
    my $question = substr $query, 12, $pos + 5 - 12;
    my $known    = $names->{ lc join '.', @labels };
    my @addrs    = $type == 1 && $known ? split /,/, $known : ();

    # a response, authoritative; 3 is "no such name"
    return pack('n6', $id, 0x8580 | ($known ? 0 : 3), 1, scalar @addrs, 0, 0)
           . $question
           . join '', map { pack 'nnnNna4', 0xc00c, 1, 1, $ttl, 4,
                            inet_aton($_) } @addrs;
}


1;
