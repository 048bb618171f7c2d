package Tender::FakeRedis;

# Copyright (C) ngx_tender_module contributors

# A Redis that does what a test tells it to.
#
#   my $fake = Tender::FakeRedis->new(
#       rules  => [ Tender::FakeRedis->handshake ],
#       script => [
#           { expect => qr/^HGET /, send => "\$-1\r\n" },
#           { expect => qr/^EVALSHA /, sleep => 0.5, send => "+OK\r\n" },
#           { expect => qr/^HGET /, close => 1 },
#       ],
#   );
#   my $t = Tender::Test->new(redis => 0, redis_addr => $fake->addr);
#   ... my @commands = $fake->received;
#
# Each command, its words joined by spaces, is offered to the next step of
# the script and then to the rules.  A step that fits is used up (unless it
# has times => N, or -1 for ever); a rule stays.  What fits nowhere gets
# "-ERR unexpected" and is listed by unexpected().
#
# A step or rule has
#   expect  a pattern; without it every command fits
#   sleep   seconds before the answer
#   send    bytes; or a list of bytes and pauses (\0.2); or code that takes
#           the words of the command and returns bytes
#   ignore  1: no answer
#   close   1: closes the connection afterwards, 'rst': resets it (TCP only)
#
# Each connection starts the script anew; with scripts => [[...], [...]] the
# first connection gets the first one, and so on, and the last one is for all
# that follow.  greet => bytes is sent on connection, refuse => N closes the
# first N connections at once, tcp => 1 listens on a port.

use strict;
use warnings;

use File::Temp ();
use IO::Socket::INET;
use IO::Socket::UNIX;
use JSON::PP ();
use POSIX ();
use Socket qw(SOL_SOCKET SO_LINGER);
use Time::HiRes qw(sleep time);

use Tender::Child;


my $json = JSON::PP->new->latin1->canonical;


sub new {
    my ($class, %opt) = @_;

    my $self = bless { script => [], rules => [], refuse => 0, %opt }, $class;

    $self->{dir} = File::Temp->newdir('tender-XXXXXXXX', TMPDIR => 1);
    $self->{log} = "$self->{dir}/received";

    if ($self->{tcp}) {
        $self->{socket} = IO::Socket::INET->new(
            LocalAddr => '127.0.0.1', LocalPort => $self->{port} || 0,
            Listen => 128, ReuseAddr => 1,
        ) or die "cannot listen: $!";

        $self->{addr} = '127.0.0.1:' . $self->{socket}->sockport;

    } else {
        my $path = "$self->{dir}/sock";

        $self->{socket} = IO::Socket::UNIX->new(Local => $path, Listen => 128)
            or die "cannot listen on $path: $!";
        chmod 0777, $path;
        chmod 0755, "$self->{dir}";

        $self->{addr} = "unix:$path";
    }

    $self->{child} = Tender::Child->start(sub { $self->accept_all });
    close delete $self->{socket};

    return $self;
}


sub addr { $_[0]{addr} }
sub stop { $_[0]{child}->stop }


# what came in: a list of { conn, time, words, line, fits }

sub records {
    my ($self) = @_;

    open my $fh, '<:raw', $self->{log} or return;

    return map { $json->decode($_) } readline $fh;
}


sub received   { map { $_->{line} } $_[0]->records }
sub unexpected { map { $_->{line} } grep { !$_->{fits} } $_[0]->records }


# the number of connections that were accepted

sub connections {
    my ($self) = @_;

    return -s "$self->{dir}/connections" || 0;
}


# waits until a command that fits has come

sub wait_for {
    my ($self, $pattern, $timeout) = @_;

    my $end = time() + ($timeout || 10);

    while (time() < $end) {
        return 1 if grep { $_ =~ $pattern } $self->received;
        sleep 0.005;
    }

    return 0;
}


# rules for what a client says before its first command, with the small
# memory, one a connection, that the check of a stored setting needs

sub handshake {
    my ($class, %opt) = @_;

    my %kv = %{ $opt{keys} || {} };

    return (
        { expect => qr/^HELLO( 2)?\b/i,
          send   => "*14\r\n" . join '', map { /^\d+$/ ? ":$_\r\n" : /^\*/
                    ? "$_\r\n" : '$' . length() . "\r\n$_\r\n" }
                    qw(server redis version 7.0.15 proto 2 id 1
                       mode standalone role master modules *0) },
        { expect => qr/^(AUTH|SELECT|CLIENT (SETNAME|SETINFO|NO-EVICT)) /i,
          send   => "+OK\r\n" },
        { expect => qr/^PING$/i, send => "+PONG\r\n" },
        { expect => qr/^ROLE$/i,
          send   => "*3\r\n\$6\r\nmaster\r\n:0\r\n*0\r\n" },
        { expect => qr/^TIME$/i, send => sub {
              my ($s, $us) = Time::HiRes::gettimeofday();
              return join '', "*2\r\n",
                     map { '$' . length($_) . "\r\n$_\r\n" } $s, $us;
          } },
        { expect => qr/^GET /i, send => sub { bulk($kv{ $_[1] }) } },
        { expect => qr/^SET /i, send => sub {
              my (undef, $key, $value, @flags) = @_;
              my $old = $kv{$key};
              my $nx  = grep { uc eq 'NX' } @flags;

              $kv{$key} = $value if !$nx || !defined $old;

              return bulk($old) if grep { uc eq 'GET' } @flags;
              return $nx && defined $old ? bulk(undef) : "+OK\r\n";
          } },
    );
}


sub bulk {
    my ($value) = @_;

    return defined $value ? '$' . length($value) . "\r\n$value\r\n"
                          : "\$-1\r\n";
}


# ------------------------------------------------------------- in the child

sub accept_all {
    my ($self) = @_;

    my $number = 0;

    $SIG{CHLD} = 'IGNORE';
    $SIG{PIPE} = 'IGNORE';

    # the connections end with their listener
    setpgrp 0, 0;

    while (my $conn = $self->{socket}->accept) {
        $number++;
        append("$self->{dir}/connections", '.');

        next if $number <= $self->{refuse};

        my $pid = fork() // die "fork: $!";
        next if $pid;

        close $self->{socket};
        eval { $self->serve($conn, $number); 1 } or warn "fake redis: $@";
        POSIX::_exit(0);
    }
}


sub serve {
    my ($self, $conn, $number) = @_;

    my $scripts = $self->{scripts} || [$self->{script}];
    my $script  = $scripts->[$number - 1] || $scripts->[-1];
    my @steps   = map { { times => 1, %$_ } } @$script;
    my $buf     = '';

    syswrite $conn, $self->{greet} if defined $self->{greet};

    while (1) {
        my $words = parse(\$buf);

        if (!$words) {
            return if !sysread $conn, $buf, 65536, length $buf;
            next;
        }

        my $line = join ' ', @$words;

        # each worker looks for a rebuild of the index now and then

        if ($line =~ /^HGET \S*\{g\}:reindex state$/) {
            syswrite $conn, "\$-1\r\n";
            next;
        }

        my $step = choose(\@steps, $self->{rules}, $line);

        append($self->{log}, $json->encode({
            conn  => $number, time => time(), words => $words,
            line  => $line,   fits => $step ? 1 : 0,
        }) . "\n");

        $step ||= { send => "-ERR unexpected\r\n" };

        return if !act($conn, $step, $words);
    }
}


# the words of the next whole command, taken from the buffer

sub parse {
    my ($buf) = @_;

    $$buf =~ /^\*(\d+)\r\n/ or return;

    my $left = $1;
    my $pos  = $+[0];
    my @words;

    while ($left--) {
        pos($$buf) = $pos;
        $$buf =~ /\G\$(\d+)\r\n/g or return;
        $pos = pos($$buf) + $1 + 2;
        return if length $$buf < $pos;
        push @words, substr $$buf, pos $$buf, $1;
    }

    substr $$buf, 0, $pos, '';

    return \@words;
}


sub choose {
    my ($steps, $rules, $line) = @_;

    my $step = $steps->[0];

    if ($step && (!$step->{expect} || $line =~ $step->{expect})) {
        $step->{times}-- if $step->{times} > 0;
        shift @$steps    if $step->{times} == 0;
        return $step;
    }

    my ($rule) = grep { !$_->{expect} || $line =~ $_->{expect} } @$rules;

    return $rule;
}


# false: the connection is over

sub act {
    my ($conn, $step, $words) = @_;

    my $send = $step->{send};

    sleep $step->{sleep} if $step->{sleep};

    $send = $send->(@$words) if ref $send eq 'CODE';

    for my $part (ref $send eq 'ARRAY' ? @$send
                  : defined $send && !$step->{ignore} ? $send : ())
    {
        if (ref $part) {
            sleep $$part;
            next;
        }

        my $done = 0;

        while ($done < length $part) {
            my $n = syswrite $conn, $part, length($part) - $done, $done;
            return 0 if !defined $n;
            $done += $n;
        }
    }

    return 1 if !$step->{close};

    setsockopt $conn, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0
        if $step->{close} eq 'rst';
    close $conn;

    return 0;
}


sub append {
    my ($file, $text) = @_;

    open my $fh, '>>:raw', $file or die "$file: $!";
    syswrite $fh, $text;
}


sub DESTROY {
    my ($self) = @_;

    my $child = $self->{child} or return;

    return if $child->{owner} != $$;

    kill 'KILL', -$child->{pid} if $child->{pid};
    $child->stop;
}


1;
