package Tender::Child;

# Copyright (C) ngx_tender_module contributors

# A forked helper of a test.
#
#   my $job  = Tender::Child->run(sub { ...; return $data });
#   my $data = $job->result;                # waits; dies if the child died
#
#   my $srv = Tender::Child->serve(sub { my ($control) = @_; ... });
#   my $answer = $srv->ask(@words);         # one line to it, one line back
#   $srv->stop;

use strict;
use warnings;

use IO::Handle;
use POSIX ();
use Socket;
use Storable ();


sub start {
    my ($class, $code) = @_;

    socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC
        or die "socketpair: $!";

    STDOUT->flush;
    STDERR->flush;

    my $pid = fork();
    defined $pid or die "fork: $!";

    if ($pid == 0) {
        close $ours;
        $theirs->autoflush(1);
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);

        eval { $code->($theirs); 1 } or warn "child: $@";

        # the test's END blocks and destructors are not the child's
        POSIX::_exit(0);
    }

    close $theirs;
    $ours->autoflush(1);

    return bless { pid => $pid, sock => $ours, owner => $$ }, $class;
}


sub run {
    my ($class, $code, @args) = @_;

    return $class->start(sub {
        my ($sock) = @_;

        my $data = eval { [ok => $code->(@args)] } || [died => $@];

        print $sock Storable::freeze($data);
    });
}


sub result {
    my ($self) = @_;

    my $sock = $self->{sock};
    my $data = do { local $/; readline $sock };

    $self->reap;

    die "a child ended without a result\n" if !length($data || '');

    my ($how, @result) = @{ Storable::thaw($data) };

    die "a child died: $result[0]" if $how eq 'died';

    return wantarray ? @result : $result[0];
}


sub serve {
    my ($class, $code) = @_;

    return $class->start($code);
}


sub ask {
    my ($self, @words) = @_;

    my $sock = $self->{sock};

    print $sock join(' ', @words), "\n";

    my $answer = readline $sock;
    defined $answer or die "the helper process is gone\n";
    chomp $answer;

    return $answer;
}


sub stop {
    my ($self) = @_;

    kill 'KILL', $self->{pid} if $self->{pid};
    $self->reap;
}


sub reap {
    my ($self) = @_;

    my $pid = delete $self->{pid} or return;

    local $?;
    waitpid $pid, 0;
}


sub DESTROY {
    my ($self) = @_;

    $self->stop if $self->{owner} == $$;
}


1;
